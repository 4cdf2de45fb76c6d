using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Ledger;

/// <summary>On which chain a use stands, and that what it says there never changes its form.</summary>
public class LedgerUseTests
{
    private static readonly LedgerUse Reading = new()
    {
        Id = Id(70),
        At = Now,
        PartnerId = Partner,
        ClientId = Client,
        ActingAs = new Party(PartyKind.Practitioner, Alice),
        ApplicationId = App,
        Operation = "GetThing",
        Use = new DataUse(DataCategory.ProcessNotes, DataAction.Read),
        Purpose = "TREAT",
        Decision = LedgerUse.Permit,
        Basis = new DecisionBasis("provision", Id(100), 1, 0),
        Obligations = Obligations.Audit,
        AccessVersion = 7,
        PartnerAccessVersion = 3,
        Considered = [new ConsideredProvision(Id(100), 1, 0, ProvisionEffect.Permit, null)],
        Outcome = 200,
        Trace = "4bf92f3577b34da6a3ce929d0e0e4736",
    };

    [Test]
    public void A_use_stands_on_the_clients_chain() => Assert.That(Reading.ChainId, Is.EqualTo(Client));

    [Test]
    public void A_use_of_no_record_stands_on_the_partners() =>
        Assert.That((Reading with { ClientId = null }).ChainId, Is.EqualTo(Partner));

    [Test]
    public void An_authors_use_of_their_own_process_notes_names_the_client_where_the_client_does_not_read()
    {
        var entry = LedgerChain.Append(Reading with { Basis = DecisionBasis.Author(Id(50)) }, 4, LedgerChain.Start);

        Assert.That(entry.ChainId, Is.EqualTo(Partner));
        Assert.That(LedgerChain.Read(entry.Canonical).ClientId, Is.EqualTo(Client), "for the auditor");
        Assert.That(LedgerChain.Read(entry.Canonical).ChainId, Is.EqualTo(Partner), "what is read says where it stands");
    }

    [Test]
    public void The_canonical_form_is_the_one_that_every_earlier_entry_was_hashed_in()
    {
        var entry = LedgerChain.Append(Reading, 4, LedgerChain.Start);

        Assert.That(Convert.ToHexStringLower(entry.Hash), Is.EqualTo("6d0feb473c1577ef0bec7ee1d99452f68a1b307d59e873ffedcb220759f58a34"));
    }
}
