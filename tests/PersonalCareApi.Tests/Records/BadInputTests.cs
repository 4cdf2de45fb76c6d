using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records;

/// <summary>Whatever is sent to whatever route: a refusal that says where, never a failure, and nothing kept.</summary>
[OnEachDatabase]
internal sealed partial class BadInputTests(TestDatabase database) : OnOneHost(database)
{
    private const string Json = "application/json";
    private const string MergePatch = "application/merge-patch+json";

    private static readonly string[] Tables =
        ["client", "practitioner", "care_relationship", "consent", "assessment", "subject_link", "external_id", "item_version", "idempotency", "change_row"];

    private Guid record;
    private Guid consent;
    private Guid assessment;

    /// <summary>A route that writes, and a body that it would take.</summary>
    /// <param name="Name">For the list of tests.</param>
    /// <param name="Method">The method.</param>
    /// <param name="Path">With <c>{record}</c>, <c>{consent}</c> and <c>{assessment}</c> for the ids.</param>
    /// <param name="Body">A sound body with every member.</param>
    /// <param name="Persona">Who may.</param>
    internal sealed record Route(string Name, HttpMethod Method, string Path, string Body, string Persona = "practitioner")
    {
        public string ContentType => Method == HttpMethod.Patch ? MergePatch : Json;

        public bool BodyMayBeLeftOut => Path.EndsWith("/withdrawal", StringComparison.Ordinal);

        public override string ToString() => Name;
    }

    private const string Client1 = """
        {"externalId":"x","name":{"given":"A","family":"B","preferred":"C"},"birthDate":"1990-01-01","timeZone":"Europe/Paris","language":"fr",
         "careRelationships":[{"practitionerId":"0197a000-0000-7000-8000-000000000101","role":"therapist"}]}
        """;

    private static readonly Route[] Routes =
    [
        new("CreatePractitioner", HttpMethod.Post, "/v1/practitioners", """{"name":"A","externalId":"x","subject":"s","roles":["therapist"],"mayDeclareEmergency":true}"""),
        new("ChangePractitioner", HttpMethod.Patch, $"/v1/practitioners/{Personas.ColleagueId}", """{"name":"A","roles":["therapist"],"mayDeclareEmergency":true}"""),
        new("CreateClient", HttpMethod.Post, "/v1/clients", Client1),
        new("CreateOrGetClient", HttpMethod.Put, "/v1/clients/by-external-id/x", Client1),
        new("ChangeClient", HttpMethod.Patch, "/v1/clients/{record}", """{"name":{"given":"A","family":"B"},"birthDate":"1991-01-01","birthDateEvidence":"seen","timeZone":"Europe/Paris","language":"fr"}"""),
        new("LinkSubject", HttpMethod.Post, "/v1/clients/{record}/subjects", """{"subject":"s"}""", "platform"),
        new("BeginCareRelationship", HttpMethod.Post, "/v1/clients/{record}/care-relationships", """{"practitionerId":"0197a000-0000-7000-8000-000000000102","role":"therapist","from":"2026-01-01T00:00:00Z","until":"2027-01-01T00:00:00Z"}"""),
        new("GiveConsent", HttpMethod.Post, "/v1/clients/{record}/consents", """
            {"status":"active","replaces":"0197a000-0000-7000-8000-00000000ffff",
             "evidence":{"method":"verbal","givenAt":"2026-01-01T00:00:00Z","explicit":true,"wording":{"id":"a","version":"1","language":"en"}},
             "provisions":[{"effect":"permit","grantees":[{"kind":"practitioner","id":"0197a000-0000-7000-8000-000000000101"},{"kind":"role","code":"therapist"}],
               "categories":["assessments"],"actions":["read"],"purposes":["TREAT"],"sensitivities":["PSY"],
               "period":{"from":"2026-01-01T00:00:00Z","until":"2090-01-01T00:00:00Z"},"dataPeriod":{"from":"2026-01-01T00:00:00Z"},
               "authoredBy":["0197a000-0000-7000-8000-000000000101"],"parts":["phq-9"]}]}
            """, "client"),
        new("WithdrawConsent", HttpMethod.Post, "/v1/clients/{record}/consents/{consent}/withdrawal", """{"reason":"r"}""", "client"),
        new("AdministerInstrument", HttpMethod.Post, "/v1/clients/{record}/assessments", """
            {"instrument":"gad-7","instrumentVersion":"1","language":"en","administeredAt":"2026-01-01T00:00:00Z","mode":"interview","sex":"male",
             "answers":[{"item":"1","value":1},{"item":"2","declined":true}]}
            """),
        new("RetractAssessment", HttpMethod.Post, "/v1/clients/{record}/assessments/{assessment}/retraction", """{"reason":"r"}"""),
    ];

    private static readonly string[] NeverRight =
    [
        "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\u001b[31m\"", "{\"x\":{\"y\":1}}", "[[1]]", "1e999", "123456789012345678901234567890", "\"\\uDC00\\uD800\"",
    ];

    [OneTimeSetUp]
    public async Task MakeTheRecord()
    {
        record = await NewClientUnderConsent();
        consent = (await Give(record, Provision.Permit("goals"))).Id;
        assessment = (await Assess(record, Forms.Gad7())).Id;
    }

    [TestCaseSource(nameof(Routes))]
    public async Task A_body_that_is_no_sound_object_is_refused(Route route)
    {
        List<byte[]> bodies =
        [
            Bytes(""), Bytes(" "), Bytes("null"), Bytes("[]"), Bytes("[{}]"), Bytes($"[{route.Body}]"), Bytes("\"text\""), Bytes("1"), Bytes("true"),
            Bytes("{"), Bytes("{}}"), Bytes("{\"a\":}"), Bytes("{'a':1}"), Bytes("{\"a\":1,}"), Bytes("NaN"), Bytes("\0"), Bytes("<xml/>"), Bytes($"{route.Body}{route.Body}"),
            Bytes(new string('[', 100_000)), Bytes(Deep(40)), Bytes($"{{\"deep\":{Deep(40)}}}"), Bytes($"{{\"deep\":{Deep(25)}}}"),
            Bytes($"{{\"big\":\"{new string('a', 2 * 1024 * 1024)}\"}}"), Bytes($"{{\"{new string('a', 100_000)}\":1}}"),
            [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00], [.. Bytes("{\"a\":\""), 0xC3, 0x28, .. Bytes("\"}")],
            Bytes(Duplicated(route.Body)), Bytes(With(route.Body, "\"$type\":\"System.Diagnostics.Process\"")), Bytes(With(route.Body, "\"__proto__\":{}")),
            Bytes(With(route.Body, "\"a\\u0000b\":1")), Bytes(With(route.Body, "\"\\ud800\":1")), Bytes(With(route.Body, "\"\":1")),
            Bytes($"{{{string.Join(',', Enumerable.Range(0, 20_000).Select(number => $"\"m{number}\":1"))}}}"),
        ];
        var caller = await Host.As(route.Persona);
        var before = Counts();
        foreach (var body in bodies.Where(one => one.Length > 0 || !route.BodyMayBeLeftOut))
        {
            var answer = await Send(caller, route, body, route.ContentType);
            IsRefusal(answer, $"{route.Name} {Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 60)))}");
        }

        Assert.That(Counts(), Is.EqualTo(before), "nothing is kept");
    }

    [TestCaseSource(nameof(Routes))]
    public async Task A_member_that_cannot_be_right_is_refused_wherever_it_stands(Route route)
    {
        var caller = await Host.As(route.Persona);
        var before = Counts();
        foreach (var (body, place) in Spoilt(route.Body))
        {
            IsRefusal(await Send(caller, route, Bytes(body), route.ContentType), $"{route.Name} {place}");
        }

        Assert.That(Counts(), Is.EqualTo(before), "nothing is kept");
    }

    [TestCaseSource(nameof(Routes))]
    public async Task Another_content_type_or_charset_is_415(Route route)
    {
        var caller = await Host.As(route.Persona);
        var before = Counts();
        foreach (var contentType in new[]
        {
            null, "text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "nonsense", "*/*",
            $"{route.ContentType}; charset=utf-7", $"{route.ContentType}; charset=utf-16", $"{route.ContentType}; charset=nonsense",
            route.ContentType == Json ? MergePatch : Json,
        })
        {
            var answer = await Send(caller, route, Bytes(route.Body), contentType);
            IsRefusal(answer, $"{route.Name} {contentType}");
            Assert.That(answer.Problem, Is.EqualTo("unsupported-media-type"), $"{route.Name} {contentType}");
        }

        Assert.That(Counts(), Is.EqualTo(before), "nothing is kept");
    }

    private static IEnumerable<TestCaseData> Headers()
    {
        yield return new TestCaseData("If-Match", "nonsense", HttpStatusCode.UnprocessableEntity).SetArgDisplayNames("If-Match nonsense");
        yield return new TestCaseData("If-Match", "\"1", HttpStatusCode.UnprocessableEntity).SetArgDisplayNames("If-Match half quoted");
        yield return new TestCaseData("If-Match", "\"1\", \"2\"", HttpStatusCode.UnprocessableEntity).SetArgDisplayNames("If-Match several");
        yield return new TestCaseData("If-Match", "*", HttpStatusCode.PreconditionRequired).SetArgDisplayNames("If-Match any");
        yield return new TestCaseData("If-Match", "W/\"1\"", HttpStatusCode.PreconditionFailed).SetArgDisplayNames("If-Match weak");
        yield return new TestCaseData("If-Match", "\"-1\"", HttpStatusCode.PreconditionFailed).SetArgDisplayNames("If-Match negative");
        yield return new TestCaseData("If-Match", "\"01\"", HttpStatusCode.PreconditionFailed).SetArgDisplayNames("If-Match leading zero");
        yield return new TestCaseData("If-Match", "\"99999999999999999999\"", HttpStatusCode.PreconditionFailed).SetArgDisplayNames("If-Match huge");
        yield return new TestCaseData("If-Match", "\"'; DROP TABLE client--\"", HttpStatusCode.PreconditionFailed).SetArgDisplayNames("If-Match SQL");
    }

    [TestCaseSource(nameof(Headers))]
    public async Task A_precondition_that_is_none_of_ours_changes_nothing(string name, string value, HttpStatusCode status)
    {
        var answer = await Practitioner.Patch(Record(record), new { language = "de" }, (name, value));
        IsRefusal(answer, value);
        Assert.That(answer.Status, Is.EqualTo(status));
    }

    [TestCase("nonsense")]
    [TestCase("Bearer")]
    [TestCase("Bearer a.b.c")]
    [TestCase("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJwcmFjdGl0aW9uZXIifQ.")]
    [TestCase("Basic cHJhY3RpdGlvbmVyOng=")]
    [TestCase("Bearer ' OR 1=1 --")]
    public async Task A_token_that_is_none_is_401_on_every_kind_of_route(string authorization)
    {
        foreach (var path in new[] { "/v1/me", "/v1/clients", "/v1/practitioners", "/v1/instruments", Record(record), Record(record, "/assessments") })
        {
            var answer = await Host.Anonymous().Get(path, ("Authorization", authorization));
            IsRefusal(answer, path);
            Assert.That((answer.Status, answer.Header("WWW-Authenticate") is not null), Is.EqualTo((HttpStatusCode.Unauthorized, true)));
        }
    }

    [TestCase("Accept", "text/xml")]
    [TestCase("Accept", "nonsense")]
    [TestCase("Accept-Language", "xx-invalid-;;;q=9")]
    [TestCase("If-None-Match", "nonsense")]
    [TestCase("Range", "bytes=0-1")]
    [TestCase("X-Forwarded-Host", "evil.example")]
    [TestCase("X-HTTP-Method-Override", "DELETE")]
    [TestCase("Origin", "https://evil.example")]
    [TestCase("traceparent", "nonsense")]
    public async Task A_header_that_means_nothing_here_changes_nothing(string name, string value)
    {
        var answer = (await Practitioner.Get(Record(record), (name, value))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Header("Content-Type"), Does.StartWith(Json));
            Assert.That(answer.Text, Does.Not.Contain("evil"));
            Assert.That(answer.Header("Access-Control-Allow-Origin"), Is.Null);
        }
    }

    private static IEnumerable<string> OddPaths =>
    [
        "/v1/clients/1", "/v1/clients/not-an-id", "/v1/clients/0197a000-0000-7000-8000-00000000020g", "/v1/clients/00000000-0000-0000-0000-000000000000",
        "/v1/clients/%2e%2e%2f", "/v1/clients/'%20OR%201=1--", "/v1/clients/{record}/nothing", "/v1/clients/{record}/assessments/1",
        "/v1/clients/{record}/assessments/{assessment}/versions/-1", "/v1/clients/{record}/assessments/{assessment}/versions/99999999999",
        "/v1/clients/{record}/assessments/{assessment}/versions/1.5", "/v1/clients/{record}/consents/{assessment}", "/v1/clients/{record}/assessments/{consent}",
        "/v1/practitioners/1", "/v1/practitioners/{record}", "/v1/instruments/phq-10", "/v1/instruments/phq-9/versions/x",
        "/v1/instruments/phq-9/versions/%ff", "/v1/nothing", "/v1", "/v2/me", "/", "/.env", "/v1/clients/by-external-id/x/y",
    ];

    [TestCaseSource(nameof(OddPaths))]
    public async Task An_odd_path_is_not_found(string path)
    {
        var answer = await Practitioner.Get(Filled(path));
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.NotFound).Or.EqualTo(HttpStatusCode.BadRequest), answer.Text);
        IsRefusal(answer, path);
    }

    [Test]
    public async Task An_id_may_be_written_in_capitals() =>
        (await Practitioner.Get($"/v1/clients/{record.ToString().ToUpperInvariant()}")).Expect(HttpStatusCode.OK);

    [TestCase("DELETE", "/v1/clients/{record}")]
    [TestCase("PUT", "/v1/clients/{record}/assessments/{assessment}")]
    [TestCase("PATCH", "/v1/clients/{record}/consents/{consent}")]
    [TestCase("DELETE", "/v1/clients/{record}/consents/{consent}")]
    [TestCase("POST", "/v1/me")]
    [TestCase("GET", "/v1/clients/by-external-id/x")]
    [TestCase("NONSENSE", "/v1/clients")]
    public async Task A_method_that_is_not_offered_is_405_and_those_that_are_are_named(string method, string path)
    {
        var answer = await Practitioner.Send(new HttpMethod(method), Filled(path), null);
        IsRefusal(answer, path);
        Assert.That((answer.Status, answer.Header("Allow") is not null), Is.EqualTo((HttpStatusCode.MethodNotAllowed, true)));
    }

    [Test]
    public async Task A_search_that_looks_like_sql_is_only_text()
    {
        foreach (var text in new[] { "' OR '1'='1", "%", "_", "x'; DROP TABLE client; --", "\\", "{0}", "@PartnerId", "/*in-reach*/" })
        {
            Assert.That((await Practitioner.Get($"/v1/clients?externalId={Uri.EscapeDataString(text)}")).Ids(), Is.Empty, text);
            Assert.That((await Practitioner.Get($"/v1/practitioners?externalId={Uri.EscapeDataString(text)}")).Ids(), Is.Empty, text);
            Assert.That((await Practitioner.Get(Record(record, $"/assessments?instrument={Uri.EscapeDataString(text)}"))).Ids(), Is.Empty, text);
        }

        var odd = (await Practitioner.Post("/v1/clients", new { externalId = "/*in-reach*/ 0 = 1 /*in-reach*/", name = new { given = "Robert'); DROP TABLE client;--" } })).Expect(HttpStatusCode.Created);
        Assert.That((await Practitioner.Get(Record(odd.Id))).Text, Is.EqualTo(odd.Text));
    }

    private string Filled(string path) => path
        .Replace("{record}", $"{record}", StringComparison.Ordinal)
        .Replace("{consent}", $"{consent}", StringComparison.Ordinal)
        .Replace("{assessment}", $"{assessment}", StringComparison.Ordinal);

    private Task<Answer> Send(Api caller, Route route, byte[] body, string? contentType)
    {
        var content = new ByteArrayContent(body);
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return caller.Send(route.Method, Filled(route.Path), content, ("If-Match", "\"1\""), ("Purpose-Of-Use", "TREAT"), ("Idempotency-Key", route.Name));
    }

    private static void IsRefusal(Answer answer, string what)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)answer.Status, Is.InRange(400, 499), $"{what}: {answer.Text}");
            Assert.That(answer.Header("Content-Type"), Does.StartWith("application/problem+json"), what);
            Assert.That(answer.Json.GetProperty("status").GetInt32(), Is.EqualTo((int)answer.Status), what);
            Assert.That(answer.Word("traceId"), Is.Not.Empty, what);
            Assert.That(answer.Text, Does.Not.Match(Leak()), what);
            Assert.That(answer.Text, Has.Length.LessThan(100_000), what);
        }
    }

    private List<long> Counts() => [.. Tables.Select(table => Count(table))];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Deep(int levels) => new string('[', levels) + new string(']', levels);

    private static string With(string body, string member) => $"{body.TrimEnd()[..^1]},{member}}}";

    private static string Duplicated(string body) => With(body, body.Trim()[1..^1].Split(',')[0].Contains('{', StringComparison.Ordinal)
        ? "\"name\":null,\"name\":null"
        : body.Trim()[1..^1].Split(',')[0]);

    /// <summary>The body once for every value in it and every value that can be right nowhere.</summary>
    private static IEnumerable<(string Body, string Place)> Spoilt(string body)
    {
        const string Mark = "@spoilt@";
        var places = new List<string>();
        Collect(JsonNode.Parse(body)!, places);
        foreach (var place in places)
        {
            var copy = JsonNode.Parse(body)!;
            Replace(copy, place, Mark);
            foreach (var value in NeverRight)
            {
                yield return (copy.ToJsonString().Replace($"\"{Mark}\"", value, StringComparison.Ordinal), $"{place} {value}");
            }
        }
    }

    private static void Collect(JsonNode node, List<string> places)
    {
        var children = node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray items => items,
            _ => [],
        };
        foreach (var child in children.OfType<JsonNode>())
        {
            places.Add(child.GetPath());
            Collect(child, places);
        }
    }

    private static void Replace(JsonNode node, string place, string with)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    if (value?.GetPath() == place)
                    {
                        members[name] = with;
                        return;
                    }

                    Replace(value!, place, with);
                }

                break;
            case JsonArray items:
                for (var index = 0; index < items.Count; index++)
                {
                    if (items[index]?.GetPath() == place)
                    {
                        items[index] = with;
                        return;
                    }

                    Replace(items[index]!, place, with);
                }

                break;
        }
    }

    [GeneratedRegex(@"System\.|Microsoft\.|Sqlite|Sql ?Server|SqlClient|PersonalCareApi|Exception|\bSELECT\b|\bINSERT\b|\bFROM\b|   at |\.cs:|Newtonsoft|Dapper", RegexOptions.CultureInvariant)]
    private static partial Regex Leak();
}
