using System.Net;
using Dapper;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records;

/// <summary>Tests that share one program. Each makes records of its own, so that no order matters.</summary>
internal abstract class OnOneHost(TestDatabase database)
{
    /// <summary>An id that nothing has.</summary>
    protected static readonly Guid Nobody = Guid.Parse("0197a000-0000-7000-8000-0000000fffff");

    protected ApiHost Host { get; private set; } = null!;

    protected Api Practitioner { get; private set; } = null!;

    protected Api Colleague { get; private set; } = null!;

    protected Api Supervisor { get; private set; } = null!;

    protected Api Client { get; private set; } = null!;

    protected Api Platform { get; private set; } = null!;

    protected Api Elsewhere { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        Host = new ApiHost(database);
        Practitioner = await Host.As("practitioner");
        Colleague = await Host.As("colleague");
        Supervisor = await Host.As("supervisor");
        Client = await Host.As("client");
        Platform = await Host.As("platform");
        Elsewhere = await Host.As("elsewhere-practitioner");
    }

    [OneTimeTearDown]
    public async Task Stop() => await Host.DisposeAsync();

    /// <summary>The client of the record gives a consent with these provisions.</summary>
    protected async Task<Answer> Give(Guid record, params Provision[] provisions) =>
        (await Client.Post(Record(record, "/consents"), Consent([.. provisions]))).Expect(HttpStatusCode.Created);

    /// <summary>Takes a consent back.</summary>
    protected async Task<Answer> Withdraw(Guid record, Answer consent) =>
        (await Client.Post(Record(record, $"/consents/{consent.Id}/withdrawal"), new { })).Expect(HttpStatusCode.OK);

    /// <summary>A record whose client permits the practitioner persona to read and write assessments.</summary>
    protected async Task<Guid> NewClientUnderConsent()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("assessments"));
        return record;
    }

    protected async Task<Answer> Assess(Api by, Guid record, object form) =>
        (await by.Post(Record(record, "/assessments"), form)).Expect(HttpStatusCode.Created);

    protected Task<Answer> Assess(Guid record, object form) => Assess(Practitioner, record, form);

    /// <summary>Changes the partner's settings as its operator would.</summary>
    protected void Settle(string assignment)
    {
        using var beside = Host.OpenDatabase();
        Assert.That(
            beside.Execute($"UPDATE partner SET {assignment}, access_version = access_version + 1 WHERE id = @Id", new { Personas.Harbour.Id }),
            Is.EqualTo(1));
    }

    /// <summary>Counts rows beside the program.</summary>
    protected long Count(string from)
    {
        using var beside = Host.OpenDatabase();
        return beside.ExecuteScalar<long>($"SELECT COUNT(*) FROM {from}");
    }
}

/// <summary>One provision of a consent, to be varied with <c>with</c>.</summary>
internal sealed record Provision
{
    public required string Effect { get; init; }

    public object[]? Grantees { get; init; }

    public string[]? Categories { get; init; }

    public string[]? Actions { get; init; }

    public string[]? Purposes { get; init; }

    public string[]? Sensitivities { get; init; }

    public object? Period { get; init; }

    public object? DataPeriod { get; init; }

    public Guid[]? AuthoredBy { get; init; }

    public string[]? Parts { get; init; }

    /// <summary>The practitioner persona may read and write for treatment.</summary>
    public static Provision Permit(params string[] categories) => new()
    {
        Effect = "permit",
        Grantees = [Grantee.Practitioner(Personas.PractitionerId)],
        Categories = categories,
        Actions = ["read", "write"],
        Purposes = ["TREAT"],
    };

    /// <summary>Nobody may use these for anything.</summary>
    public static Provision Deny(params string[] categories) => new() { Effect = "deny", Categories = categories };
}

/// <summary>Whom a provision speaks of.</summary>
internal static class Grantee
{
    public static object CareTeam { get; } = new { kind = "care-team" };

    public static object Partner { get; } = new { kind = "partner" };

    public static object Practitioner(Guid id) => new { kind = "practitioner", id };

    public static object Application(Guid id) => new { kind = "application", id };

    public static object Role(string code) => new { kind = "role", code };
}

/// <summary>Filled forms.</summary>
internal static class Forms
{
    public static object Phq9(string administeredAt = "2026-05-04T09:30:00Z", int item9 = 0, int value = 1) => new
    {
        instrument = "phq-9",
        administeredAt,
        answers = Enumerable.Range(1, 9).Select(item => new { item = $"{item}", value = item == 9 ? item9 : value }),
    };

    public static object Gad7(string administeredAt = "2026-05-04T09:30:00Z") => new
    {
        instrument = "gad-7",
        administeredAt,
        answers = Enumerable.Range(1, 7).Select(item => new { item = $"{item}", value = 1 }),
    };

    public static object AuditC(string administeredAt = "2026-05-04T09:30:00Z") => new
    {
        instrument = "audit-c",
        administeredAt,
        answers = Enumerable.Range(1, 3).Select(item => new { item = $"{item}", value = 1 }),
    };
}
