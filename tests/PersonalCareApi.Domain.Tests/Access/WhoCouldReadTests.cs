using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

public class WhoCouldReadTests
{
    private static readonly Caller Clara = Practitioner(Id(22)) with { Scopes = new HashSet<string>(), Purposes = new HashSet<PurposeOfUse>() };

    private static readonly RecordFacts Told = Record.InCareOf(Alice).InCareOf(Bob).InCareOf(Id(22)).WithConsent(
        Permit(CareTeam, DataCategory.Journal) with { Sensitivities = Sensitivity.Hiv },
        Deny(Only(Bob)) with { Sensitivities = Sensitivity.Hiv });

    [Test]
    public void It_asks_of_the_very_item()
    {
        Assert.That(Who(Told, Item()), Is.EqualTo(new[] { Alice, Bob, Id(22) }));
        Assert.That(Who(Told, Item(Sensitivity.Hiv)), Is.EqualTo(new[] { Alice, Id(22) }));
        Assert.That(Who(Told, Item(Sensitivity.Sdv, author: Id(99))), Is.Empty);
    }

    [Test]
    public void Who_reads_as_the_client_does_not_read_for_treatment() =>
        Assert.That(
            ConsentEngine.WhoCouldRead(Told, [Practitioner(Alice) with { ClientIds = [Client] }], DataCategory.Journal, Item(), Now),
            Is.Empty);

    [Test]
    public void It_gives_back_the_callers_it_was_given() =>
        Assert.That(ConsentEngine.WhoCouldRead(Told, [Clara], DataCategory.Journal, Item(), Now).Single(), Is.SameAs(Clara));

    private static Guid?[] Who(RecordFacts record, ItemFacts item) =>
        [.. ConsentEngine.WhoCouldRead(record, [Practitioner(Alice), Practitioner(Bob), Clara], DataCategory.Journal, item, Now)
            .Select(caller => caller.PractitionerId)];
}
