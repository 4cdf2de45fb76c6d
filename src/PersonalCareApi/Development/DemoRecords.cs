using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records;
using PersonalCareApi.Records.CareRelationships;
using PersonalCareApi.Records.Clients;
using PersonalCareApi.Records.Consents;
using PersonalCareApi.Records.Representatives;

namespace PersonalCareApi.Development;

/// <summary>The records of the made-up clients: created as any other, by an application that acts alone, and on the ledger.</summary>
/// <remarks>They hold no consent: what may be seen is the client persona's to allow.</remarks>
internal sealed class DemoRecords(IServiceScopeFactory scopes, Database database)
{
    private const string Operation = "SeedDemoData";

    private const string Exists = "SELECT COUNT(*) FROM client WHERE client_id = @Id";

    public async Task Seed(CancellationToken ct)
    {
        await Create(
            Personas.ClientId, Personas.Platform, Personas.PractitionerId,
            new ClientContent { Name = new ClientName("Ines", "Moreau"), BirthDate = new DateOnly(1991, 4, 17), TimeZone = "Europe/Paris", Language = "en" },
            representative: null, ct);
        await Create(
            Personas.OtherClientId, Personas.Platform, Personas.PractitionerId,
            new ClientContent { Name = new ClientName("Leo", "Brandt"), BirthDate = new DateOnly(2014, 9, 2), TimeZone = "Europe/Berlin", Language = "en" },
            Personas.RepresentativeId, ct);
        await Create(
            Personas.ElsewhereClientId, Personas.ElsewhereApp, Personas.ElsewherePractitionerId,
            new ClientContent { Name = new ClientName("Amara", "Nkemelu"), BirthDate = new DateOnly(1978, 12, 30), TimeZone = "Europe/London", Language = "en" },
            representative: null, ct);
    }

    private async Task Create(
        Guid clientId, DemoApplication application, Guid practitionerId, ClientContent content, Guid? representative, CancellationToken ct)
    {
        if (await database.ForSystem(SystemReason.DemoData).QueryOne<int>(Exists, new { Id = clientId }, ct) > 0)
        {
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        var use = scope.ServiceProvider.GetRequiredService<UseOfData>();
        var unit = scope.ServiceProvider.GetRequiredService<WriteUnit>();
        var admitted = use.Admit(new AccessRequest
        {
            Caller = new Caller
            {
                PartnerId = application.Partner.Id,
                ApplicationId = application.Id,
                ApplicationAlone = true,
                Scopes = application.Scopes.ToHashSet(StringComparer.Ordinal),
                Purposes = new HashSet<PurposeOfUse> { PurposeOfUse.Treatment },
            },
            ClientId = clientId,
            Use = new DataUse(DataCategory.Demographics, DataAction.Write),
            ClaimedPurpose = PurposeOfUse.Treatment,
        });
        if (!admitted || use.Grant is not { } grant)
        {
            throw new InvalidOperationException("The demo application may not create clients.");
        }

        var (_, ring) = scope.ServiceProvider.GetRequiredService<ClientRepository>().Add(grant, content, unit);
        scope.ServiceProvider.GetRequiredService<CareRelationshipRepository>().Add(
            grant, new CareRelationship(Ids.New(unit.Now), practitionerId, "therapist", new Period(unit.Now, null)), ring, unit);
        if (representative is { } id)
        {
            scope.ServiceProvider.GetRequiredService<RepresentativeRepository>().Add(grant, Parent(grant, id, unit.Now), ring, unit);
        }

        unit.Uses.Add(use.Entry(Operation, StatusCodes.Status201Created, Operation));
        var outcome = await scope.ServiceProvider.GetRequiredService<WriteQueue>().Commit(unit, ct);
        if (outcome is not (CommitOutcome.Committed or CommitOutcome.Missed { Miss: WriteMiss.AlreadyExists }))
        {
            throw new InvalidOperationException("The demo clients could not be created.");
        }
    }

    private static Representative Parent(AccessGrant grant, Guid id, DateTimeOffset now) => new()
    {
        Id = id,
        Version = 1,
        Facts = new ItemFacts(Sensitivity.None, grant.ActingAs.Id, "", now),
        Content = new RepresentativeContent
        {
            Relation = "parent",
            Categories =
            [
                .. new[]
                {
                    DataCategory.Demographics, DataCategory.Profile, DataCategory.Assessments, DataCategory.Goals, DataCategory.Plans,
                    DataCategory.SessionNotes, DataCategory.Consents,
                }.Select(category => category.Code()),
            ],
            Actions = [DataAction.Read.Code(), DataAction.Write.Code()],
            Period = new PeriodContent(now),
            EndsWhenClientMayConsentAlone = true,
            Evidence = "Birth certificate seen.",
            RecordedBy = PartyResponse.From(grant.ActingAs),
            RecordedAt = now,
        },
    };
}

/// <summary>Fills a Development server's database once it is migrated and its writer runs.</summary>
internal sealed class SeedOnStart(DemoPartners partners, DemoRecords records) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await partners.Seed(cancellationToken);
        await records.Seed(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
