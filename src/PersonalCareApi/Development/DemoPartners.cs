using System.Text.Json;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Partners;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Consents;

namespace PersonalCareApi.Development;

/// <summary>Registers the made-up partners, their applications and practitioners, and who signs in as whom.</summary>
/// <remarks>
/// What is there is left alone, so suspensions and revocations that a tester made outlive a restart; only the issuer's
/// URL and what an application may ask for follow the program. Clients need keys and are seeded with their records.
/// </remarks>
internal sealed class DemoPartners(Database database, Digests digests, DevelopmentIssuer development, TimeProvider time)
{
    private const string InsertPartner = """
        INSERT INTO partner (
            id, code, name, access_version, default_rule, closing, part2_programme, age_of_consent, ages_by_purpose,
            requires_flag_reader, retention, care, created_at, version)
        SELECT @Id, @Code, @Name, 1, 'opt-in', @Closing, 0, @AgeOfConsent, '{}', 1, '{}', '{}', @Now, 1
        WHERE NOT EXISTS (SELECT 1 FROM partner WHERE id = @Id)
        """;

    private const string InsertIssuer = """
        INSERT INTO issuer (id, partner_id, url, audience, jwks, token_types, subject_claim, application_claim, created_at, key_source, version)
        SELECT @IssuerId, @Id, @Url, @Code, NULL, 'at+jwt', 'sub', 'client_id', @Now, 'given', 1
        WHERE NOT EXISTS (SELECT 1 FROM issuer WHERE id = @IssuerId)
        """;

    private const string UpdateIssuer = "UPDATE issuer SET url = @Url WHERE id = @IssuerId AND url <> @Url";

    private const string InsertApplication = """
        INSERT INTO application (id, partner_id, code, name, scopes, purposes, created_at, version)
        SELECT @Id, @PartnerId, @Code, @Name, @Scopes, @Purposes, @Now, 1
        WHERE NOT EXISTS (SELECT 1 FROM application WHERE id = @Id)
        """;

    private const string UpdateApplication = "UPDATE application SET scopes = @Scopes, purposes = @Purposes WHERE id = @Id";

    private const string InsertPractitioner = """
        INSERT INTO practitioner (
            id, partner_id, version, name, roles, may_declare_emergency, created_at, updated_at)
        SELECT @Id, @PartnerId, 1, @Name, @Roles, @MayDeclareEmergency, @Now, @Now
        WHERE NOT EXISTS (SELECT 1 FROM practitioner WHERE id = @Id)
        """;

    private const string InsertLink = """
        INSERT INTO subject_link (id, partner_id, issuer_id, subject_digest, kind, target_id, created_at)
        SELECT @Id, @PartnerId, @IssuerId, @Digest, @Kind, @TargetId, @Now
        WHERE NOT EXISTS (
            SELECT 1
            FROM subject_link
            WHERE issuer_id = @IssuerId AND subject_digest = @Digest AND kind = @Kind AND target_id = @TargetId)
        """;

    private const string InsertWording = """
        INSERT INTO consent_wording (id, partner_id, code, created_at)
        SELECT @Id, @PartnerId, @Code, @Now
        WHERE NOT EXISTS (SELECT 1 FROM consent_wording WHERE partner_id = @PartnerId AND code = @Code)
        """;

    private const string InsertWordingVersion = """
        INSERT INTO consent_wording_version (wording_id, partner_id, sequence, version, languages, content, created_at)
        SELECT w.id, w.partner_id, 1, @Version, @Languages, @Content, @Now
        FROM consent_wording AS w
        WHERE w.partner_id = @PartnerId AND w.code = @Code
          AND NOT EXISTS (SELECT 1 FROM consent_wording_version AS v WHERE v.wording_id = w.id)
        """;

    private static readonly WordingTerms Intake = new(
        [
            new WordingText
            {
                Language = "en",
                Title = "Your care with us",
                Text = "You decide who may see what is written down about you. If you agree, those of Harbour Teletherapy whom you name may see "
                    + "and add to it for your treatment. Nobody else sees it, and nothing is given to anybody outside.",
                HowToWithdraw = "Open Privacy in the app, choose this consent and press Take back. You need not say why, and it ends at once.",
            },
            new WordingText
            {
                Language = "de",
                Title = "Ihre Behandlung bei uns",
                Text = "Sie entscheiden, wer sehen darf, was über Sie aufgeschrieben ist. Wenn Sie zustimmen, dürfen die von Ihnen Genannten bei "
                    + "Harbour Teletherapy es für Ihre Behandlung sehen und ergänzen. Niemand sonst sieht es, nichts geht nach außen.",
                HowToWithdraw = "Öffnen Sie in der App „Privatsphäre“, wählen Sie diese Einwilligung und drücken Sie „Zurücknehmen“. Sie endet sofort.",
            },
        ],
        [
            new ProvisionContent
            {
                Effect = "permit",
                Grantees = [new GranteeContent("partner")],
                Categories = [.. DataCategories.Clinical.Select(category => category.Code())],
                Actions = ["read", "write"],
                Purposes = ["TREAT"],
            },
        ]);

    private static readonly Practitioner[] Practitioners =
    [
        new(Personas.PractitionerId, Personas.Harbour, "Mira Castellanos", "therapist", MayDeclareEmergency: true),
        new(Personas.ColleagueId, Personas.Harbour, "Jonas Weber", "therapist", MayDeclareEmergency: true),
        new(Personas.SupervisorId, Personas.Harbour, "Adaeze Obi", "therapist supervisor", MayDeclareEmergency: true),
        new(Personas.AuditorId, Personas.Harbour, "Tomas Lindqvist", "auditor", MayDeclareEmergency: false),
        new(Personas.ElsewherePractitionerId, Personas.Elsewhere, "Noor Haddad", "therapist", MayDeclareEmergency: true),
    ];

    public async Task Seed(CancellationToken ct)
    {
        foreach (var partner in new[] { Personas.Harbour, Personas.Elsewhere })
        {
            await Register(partner, ct);
        }

        foreach (var application in new[] { Personas.HarbourApp, Personas.Platform, Personas.ElsewhereApp })
        {
            await Register(application, ct);
        }

        foreach (var practitioner in Practitioners)
        {
            await Run(
                InsertPractitioner,
                new
                {
                    practitioner.Id,
                    PartnerId = practitioner.Partner.Id,
                    practitioner.Name,
                    practitioner.Roles,
                    practitioner.MayDeclareEmergency,
                    Now,
                },
                ct);
        }

        var wording = new
        {
            Id = Ids.New(Now),
            PartnerId = Personas.Harbour.Id,
            Code = "intake",
            Version = "3",
            Languages = Intake.Languages,
            Content = JsonSerializer.Serialize(Intake, StoredJson.Options),
            Now,
        };
        await Run(InsertWording, wording, ct);
        await Run(InsertWordingVersion, wording, ct);

        foreach (var persona in Personas.All.Where(persona => persona.Party.Kind != PartyKind.Application))
        {
            await Link(persona, ct);
        }
    }

    private DateTimeOffset Now => time.GetUtcNow();

    private async Task Register(DemoPartner partner, CancellationToken ct)
    {
        var rules = new PartnerRules();
        await Run(InsertPartner, new { partner.Id, partner.Code, partner.Name, Closing = (long)rules.Closing, rules.AgeOfConsent, Now }, ct);

        var issuer = new { partner.IssuerId, partner.Id, development.Url, partner.Code, Now };
        await Run(InsertIssuer, issuer, ct);
        await Run(UpdateIssuer, issuer, ct);
    }

    private async Task Register(DemoApplication application, CancellationToken ct)
    {
        var row = new
        {
            application.Id,
            PartnerId = application.Partner.Id,
            application.Code,
            application.Name,
            Scopes = string.Join(' ', application.Scopes),
            Purposes = string.Join(' ', application.Purposes),
            Now,
        };
        await Run(InsertApplication, row, ct);
        await Run(UpdateApplication, row, ct);
    }

    private Task<int> Link(Persona persona, CancellationToken ct)
    {
        var partner = persona.Application.Partner;
        return Run(
            InsertLink,
            new
            {
                Id = Ids.New(Now),
                PartnerId = partner.Id,
                partner.IssuerId,
                Digest = digests.OfSubject(partner.IssuerId, persona.Name),
                Kind = persona.Party.KindCode,
                TargetId = persona.Party.Id,
                Now,
            },
            ct);
    }

    private Task<int> Run(string statement, object arguments, CancellationToken ct) =>
        database.ForSystem(SystemReason.DemoData).Execute(statement, arguments, ct);

    private sealed record Practitioner(Guid Id, DemoPartner Partner, string Name, string Roles, bool MayDeclareEmergency);
}
