using System.Net;
using System.Text.RegularExpressions;
using PersonalCareApi.Development;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Promises;

/// <summary>What metadata declare is really enforced: every endpoint is called by those who must not get in.</summary>
[OnEachDatabase]
internal sealed partial class SweepTests(TestDatabase database)
{
    private const string Malformed = "{\"answers\": [";

    /// <summary>What a caller who is nobody here is answered with no data instead of refused, each with its reason.</summary>
    private static readonly Dictionary<string, string> AnsweredEmpty = new()
    {
        ["ListClients"] = "decides about each client, and nobody has none",
        ["GetCaseload"] = "decides about each client, and nobody has none",
        ["ListOpenPrompts"] = "decides about each client, and nobody has none",
        ["ListTasks"] = "decides about each client, and nobody has none",
        ["ListOpenFlags"] = "decides about each client, and nobody has none",
    };

    /// <summary>What a practitioner in care may write whatever the client denies: private notes are their author's before any deny.</summary>
    private static readonly string[] TheAuthorsOwn = ["WriteProcessNote", "ChangeProcessNote", "ReleaseProcessNote"];

    private static readonly Guid UnknownId = Guid.Parse("0197a000-0000-7000-8000-00000000dead");

    private ApiHost Host => RealProgram.On(database);

    private IReadOnlyList<Operation> Operations => Operation.Of(Host);

    private IReadOnlyList<Operation> OnRecords => [.. Operations.Where(operation => operation.UnderRecord)];

    [Test]
    public async Task Without_a_token_nothing_answers_but_what_is_open_to_anybody()
    {
        var guarded = Operations.Where(operation => !operation.Anonymous).ToList();

        Assert.That(guarded, Has.Count.GreaterThan(25));
        Assert.That(await Letting(guarded, Host.Anonymous(), HttpStatusCode.Unauthorized), Is.Empty);
        Assert.That(await Letting(guarded, Host.WithToken("not-a-token"), HttpStatusCode.Unauthorized), Is.Empty);

        // Planted: what is open does answer, and is found by the same check.
        var open = Operations.Where(operation => operation.Endpoint.RoutePattern.RawText == "/health/live");
        Assert.That(await Letting(open, Host.Anonymous(), HttpStatusCode.Unauthorized), Is.EqualTo(["GET /health/live: OK"]));
    }

    [Test]
    public async Task Without_the_scope_no_use_of_client_data_is_let_in()
    {
        var uses = Operations.Where(operation => operation.Use is not null).ToList();

        foreach (var persona in Personas.All.Where(persona => persona.Application == Personas.HarbourApp))
        {
            var api = await Host.As(persona.Name, "practitioners:write");
            Assert.That(await Letting(uses, api, HttpStatusCode.Forbidden), Is.Empty, persona.Name);
        }

        var scoped = Operations.Where(operation => operation.Endpoint.Metadata.GetMetadata<RequiresScope>() is not null).ToList();
        Assert.That(scoped, Is.Not.Empty);
        Assert.That(await Letting(scoped, await Host.As("practitioner", "goals:read"), HttpStatusCode.Forbidden), Is.Empty);

        // Planted: with its scope the same use is let in, and found.
        var client = await Host.As("client", "demographics:read");
        Assert.That(await Letting(uses, client, HttpStatusCode.Forbidden), Has.Some.EqualTo("GET /v1/clients/{clientId:guid}/: OK"));
    }

    [Test]
    public async Task Somebody_who_is_nobody_here_is_let_into_no_record()
    {
        var nobody = Host.As("nobody-knows-me", Personas.HarbourApp.Scopes);
        foreach (var operation in Operations.Where(operation => operation.Use is not null))
        {
            var answer = await operation.Call(nobody, Personas.ClientId);
            if (AnsweredEmpty.ContainsKey(operation.Name!))
            {
                Assert.That(answer.Expect(HttpStatusCode.OK).Json.GetProperty("items").GetArrayLength(), Is.Zero, operation.Pattern);
                continue;
            }

            Assert.That(answer.Status, Is.EqualTo(operation.UnderRecord ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden), operation.Pattern);
        }
    }

    [Test]
    public async Task To_whoever_is_unrelated_a_record_looks_like_one_that_is_not_there()
    {
        var practitioner = await Host.As("practitioner");
        var elsewhere = await Host.As("elsewhere-practitioner");
        var colleague = await Host.As("colleague");
        var auditor = await Host.As("auditor", string.Join(' ', Personas.HarbourApp.Scopes.Except([Scopes.AuditRead])));
        var otherClient = await Host.As("other-client");
        var representative = await Host.As("representative");

        Assert.That(OnRecords, Has.Count.GreaterThan(15));
        foreach (var operation in OnRecords)
        {
            var unknown = await operation.Call(practitioner, UnknownId);
            Assert.That(unknown.Status, Is.EqualTo(HttpStatusCode.NotFound), operation.Pattern);

            // To declare an emergency, being entitled is relation enough: there it takes a colleague who is not.
            var unrelated = operation.Use is DeclaresEmergency ? auditor : colleague;
            (string Who, Answer Answer)[] others =
            [
                ("another partner's practitioner", await operation.Call(elsewhere, Personas.ClientId)),
                ("a colleague who does not care for the client", await operation.Call(unrelated, Personas.ClientId)),
                ("another client", await operation.Call(otherClient, Personas.ClientId)),
                ("another's representative", await operation.Call(representative, Personas.ClientId)),
                ("another partner's record", await operation.Call(practitioner, Personas.ElsewhereClientId)),
                ("another body", await operation.Call(unrelated, Personas.ClientId, Malformed)),
            ];
            Assert.That(others.SelectMany(other => Differences(other.Who, unknown, other.Answer)), Is.Empty, operation.Pattern);
        }
    }

    [Test]
    public async Task An_answer_that_tells_two_strangers_apart_is_found()
    {
        var path = $"/v1/clients/{UnknownId}/assessments";
        var one = await (await Host.As("colleague")).Get(path);

        Assert.That(Differences("same", one, one), Is.Empty);
        Assert.That(Differences("body", one, one with { Text = one.Text.Replace("\"status\":404", "\"status\": 404", StringComparison.Ordinal) }), Is.Not.Empty);
        Assert.That(Differences("header", one, one with { Headers = one.Headers.Append(new("Access-Decision", "x")).ToDictionary() }), Is.Not.Empty);
        Assert.That(Differences("status", one, one with { Status = HttpStatusCode.Forbidden }), Is.Not.Empty);
    }

    [Test]
    public async Task A_body_is_not_looked_at_before_its_sender_may_write()
    {
        var clientId = await Host.NewClient("sweep-subject");
        var client = Host.As("sweep-subject", Personas.HarbourApp.Scopes);
        (await client.Post(Requests.Record(clientId, "/consents"), Requests.Consent(new
        {
            effect = "deny",
            grantees = new[] { new { kind = "practitioner", id = Personas.PractitionerId } },
        }))).Expect(HttpStatusCode.Created);

        var withBody = OnRecords.Where(operation => operation.Body is not null).ToList();
        Assert.That(withBody, Has.Count.GreaterThan(5));
        // Whoever is related may ask about their own access, refused or not; who is entitled may declare an emergency,
        // which a denial that does not name one leaves alone.
        var refused = withBody.Where(operation => operation.Use is not (AsksAboutAccess or DeclaresEmergency) && !TheAuthorsOwn.Contains(operation.Name));
        Assert.That(await Explaining(refused, await Host.As("practitioner"), clientId), Is.Empty);
        Assert.That(await Explaining(withBody.Where(operation => operation.Use is not DeclaresEmergency), await Host.As("colleague"), clientId), Is.Empty);
        Assert.That(await Explaining(withBody.Where(operation => operation.Use is DeclaresEmergency), await Host.As("auditor"), clientId), Is.Empty);

        // Planted: to the client, who may write some of them, the malformed body is explained.
        Assert.That(await Explaining(withBody, client, clientId), Is.Not.Empty);
    }

    /// <summary>The operations that answer anything but the refusal.</summary>
    private static async Task<List<string>> Letting(IEnumerable<Operation> operations, Api api, HttpStatusCode refusal)
    {
        var letting = new List<string>();
        foreach (var operation in operations)
        {
            var answer = await operation.Call(api, Personas.ClientId);
            if (answer.Status != refusal || answer.Header("Content-Type")?.StartsWith(Problem.ContentType, StringComparison.Ordinal) != true)
            {
                letting.Add($"{operation.Pattern}: {answer.Status}");
            }
        }

        return letting;
    }

    /// <summary>The operations that tell somebody what is wrong with a body before telling that nothing of it will be taken.</summary>
    private static async Task<List<string>> Explaining(IEnumerable<Operation> operations, Api api, Guid clientId)
    {
        var explaining = new List<string>();
        foreach (var operation in operations)
        {
            foreach (var body in new[] { Malformed, "{}", "[]", "" })
            {
                var answer = await operation.Call(api, clientId, body);
                if (answer.Status is not (HttpStatusCode.Forbidden or HttpStatusCode.NotFound))
                {
                    explaining.Add($"{operation.Pattern} {body}: {answer.Status}");
                }
            }
        }

        return explaining;
    }

    /// <summary>In what two answers differ, apart from the path asked for and the trace.</summary>
    /// <summary>What is left of the caller's quota goes down with every request, whatever it asks for.</summary>
    private static IEnumerable<string> HeadersOf(Answer answer) => answer.Headers
        .Select(header => header.Key == "RateLimit" ? "RateLimit" : $"{header.Key}: {header.Value}")
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Differences(string who, Answer expected, Answer found)
    {
        if (found.Status != expected.Status)
        {
            yield return $"{who}: {found.Status}";
        }

        if (WhatMayDiffer().Replace(found.Text, "") != WhatMayDiffer().Replace(expected.Text, ""))
        {
            yield return $"{who}: {found.Text}\nnot {expected.Text}";
        }

        var headers = HeadersOf(found);
        if (!headers.SequenceEqual(HeadersOf(expected)))
        {
            yield return $"{who}: {string.Join("; ", headers)}";
        }
    }

    [GeneratedRegex("(?<=\"(instance|traceId)\":\")[^\"]*", RegexOptions.CultureInvariant)]
    private static partial Regex WhatMayDiffer();
}
