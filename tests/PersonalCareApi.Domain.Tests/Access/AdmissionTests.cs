using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>Creating a client.</summary>
public class AdmissionTests
{
    [Test]
    public void A_practitioner_and_an_application_alone_may_create_a_client()
    {
        var byAlice = Admit(Practitioner(Alice));
        var byApp = Admit(AppAlone, PurposeOfUse.Operations);

        Assert.That(byAlice!.ActingAs, Is.EqualTo(new Party(PartyKind.Practitioner, Alice)));
        Assert.That(byAlice.Use, Is.EqualTo(new DataUse(DataCategory.Demographics, DataAction.Write)));
        Assert.That((byAlice.ClientId, byAlice.PartnerId, byAlice.Basis.Kind), Is.EqualTo((Id(12), Partner, "admission")));
        Assert.That(byAlice.Obligations, Is.EqualTo(Obligations.Audit));
        Assert.That(byApp!.ActingAs, Is.EqualTo(new Party(PartyKind.Application, App)));
    }

    [Test]
    public void Nobody_else_may()
    {
        Assert.That(Admit(TheClient), Is.Null);
        Assert.That(Admit(TheRepresentative), Is.Null);
        Assert.That(Admit(Anyone), Is.Null);
        Assert.That(Admit(Practitioner(Alice) with { ClientIds = [Id(12)] }), Is.Null);
    }

    [Test]
    public void It_takes_the_scope_and_a_registered_purpose_of_care()
    {
        var researcher = Practitioner(Alice) with { Purposes = new HashSet<PurposeOfUse> { PurposeOfUse.Research } };

        Assert.That(Admit(Practitioner(Alice) with { Scopes = new HashSet<string> { "demographics:read" } }), Is.Null);
        Assert.That(Admit(AppAlone), Is.Null);
        Assert.That(Admit(researcher), Is.Null);
        Assert.That(Admit(researcher with { RepresentativeIds = [Authority] }), Is.Null);
        Assert.That(Admit(researcher, PurposeOfUse.Research), Is.Null);
    }

    private static AccessGrant? Admit(Caller caller, PurposeOfUse? purpose = null) => ConsentEngine.Admit(caller, purpose, Id(12), Now);
}
