using System.Net;
using System.Text.Json.Serialization;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Records;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Partners;

/// <summary>The texts a partner shows: registered by its administrators, read by everybody of it, never changed.</summary>
[OnEachDatabase]
internal sealed class ConsentWordingTests(TestDatabase database) : OnOneHost(database)
{
    private const string Wordings = "/v1/consent-wordings";

    [Test]
    public async Task A_registered_wording_is_read_by_everybody_of_the_partner_and_by_nobody_else()
    {
        var created = await Register("for-all", "1");
        Assert.That(created.Header("Location"), Is.EqualTo($"{Wordings}/for-all"));
        foreach (var reader in new[] { Platform, Practitioner, Colleague, Client, await Host.As("representative") })
        {
            var version = (await reader.Get($"{Wordings}/for-all/versions/1?language=de")).Expect(HttpStatusCode.OK);
            Assert.That(version.Json.GetProperty("texts").EnumerateArray().Select(text => text.Word("title")), Is.EqualTo(["Behandlung"]));
            Assert.That(version.Json.GetProperty("provisions").GetArrayLength(), Is.EqualTo(1));
            Assert.That((await reader.Get(Wordings)).Items().Select(wording => wording.Word("id")), Does.Contain("for-all").And.Contain("intake"));
        }

        (await Elsewhere.Get($"{Wordings}/for-all")).Expect(HttpStatusCode.NotFound);
        (await Elsewhere.Get($"{Wordings}/for-all/versions/1")).Expect(HttpStatusCode.NotFound);
        Assert.That((await Elsewhere.Get(Wordings)).Total(), Is.Zero);
    }

    [TestCase("practitioner")]
    [TestCase("client")]
    public async Task Only_administrators_write_one(string persona)
    {
        var other = await Host.As(persona);
        foreach (var (path, body) in new[]
        {
            (Wordings, Wording("nobodys", "1")), ($"{Wordings}/intake/versions", Wording(null, "9")), ($"{Wordings}/intake/versions/3/retirement", (object?)null),
        })
        {
            Assert.That((await other.Post(path, body, ("If-Match", "\"1\""))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("scope-missing").Or.Null, path);
        }
    }

    [Test]
    public async Task Versions_are_numbered_or_named_and_never_change()
    {
        await Register("versioned", null);
        var second = (await Platform.Post($"{Wordings}/versioned/versions", Wording(null, null))).Expect(HttpStatusCode.Created);
        var named = (await Platform.Post($"{Wordings}/versioned/versions", Wording(null, "2026-05.b"))).Expect(HttpStatusCode.Created);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(second.Word("version"), Is.EqualTo("2"));
            Assert.That(named.Header("Location"), Is.EqualTo($"{Wordings}/versioned/versions/2026-05.b"));
            Assert.That((await Platform.Get(named.Header("Location")!)).Text, Is.EqualTo(named.Text));
            Assert.That((await Platform.Post($"{Wordings}/versioned/versions", Wording(null, "2"))).Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("already-exists"));
            Assert.That((await Platform.Post(Wordings, Wording("versioned", "1"))).Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("already-exists"));
            Assert.That(
                (await Client.Get($"{Wordings}/versioned/versions")).Items().Select(version => version.Word("version")), Is.EqualTo(["1", "2", "2026-05.b"]));
            Assert.That((await Platform.Send(HttpMethod.Put, $"{Wordings}/versioned/versions/2", null)).Status, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
            Assert.That((await Platform.Send(HttpMethod.Delete, $"{Wordings}/versioned", null)).Status, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        }

        // A number that is taken by name is passed over.
        await Platform.Post($"{Wordings}/versioned/versions", Wording(null, "5"));
        Assert.That((await Platform.Post($"{Wordings}/versioned/versions", Wording(null, null))).Word("version"), Is.EqualTo("6"));
    }

    [Test]
    public async Task A_retired_version_stays_readable_and_is_retired_once()
    {
        await Register("short-lived", "1");
        var path = $"{Wordings}/short-lived/versions/1";
        var before = (await Platform.Get(path)).Expect(HttpStatusCode.OK);
        (await Platform.Post($"{path}/retirement")).Expect(HttpStatusCode.PreconditionRequired);
        (await Platform.Post($"{path}/retirement", null, ("If-Match", "\"2\""))).Expect(HttpStatusCode.PreconditionFailed);
        var retired = (await Platform.Post($"{path}/retirement", null, ("If-Match", before.ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(retired.Word("retiredAt"), Is.Not.Null);
            Assert.That(retired.ETag, Is.EqualTo("\"2\""));
            Assert.That((await Client.Get(path)).Text, Is.EqualTo(retired.Text));
            Assert.That((await Client.Get(path, ("If-None-Match", "\"2\""))).Status, Is.EqualTo(HttpStatusCode.NotModified));
            Assert.That((await Client.Get($"{Wordings}/short-lived")).ETag, Is.EqualTo("\"2\""));
            Assert.That((await Platform.Post($"{path}/retirement", null, ("If-Match", "\"2\""))).Problem, Is.EqualTo("state-conflict"));
        }
    }

    [Test]
    public async Task What_no_consent_could_be_given_with_is_no_wording()
    {
        (object Body, string Fault)[] wrong =
        [
            (Wording("Not A Code", "1"), "#/id invalid-format"),
            (Wording("wrong", "no spaces"), "#/version invalid-format"),
            (Wording("wrong", "1", Provision.Permit("genetics") with { Purposes = null }), "#/provisions/0/purposes required"),
            (Wording("wrong", "1", Provision.Permit("goals"), Provision.Deny("goals")), "#/provisions/0 denied-in-same-consent"),
            (Wording("wrong", "1", Provision.Permit("goals") with { Grantees = [Grantee.Practitioner(Nobody)] }), "#/provisions/0/grantees/0/id unknown-reference"),
            (Wording("wrong", "1", Provision.Permit("goals") with { AuthoredBy = [Personas.ClientId] }), "#/provisions/0/authoredBy/0 unknown-reference"),
            (new { id = "wrong", texts = new[] { Text("en"), Text("EN") }, provisions = new[] { Provision.Permit("goals") } }, "#/texts repeated-language"),
            (new { id = "wrong", texts = Array.Empty<object>(), provisions = new[] { Provision.Permit("goals") } }, "#/texts wrong-length"),
            (new { id = "wrong", texts = new[] { Text("en") with { Title = "" } }, provisions = new[] { Provision.Permit("goals") } }, "#/texts/0/title required"),
        ];
        foreach (var (body, fault) in wrong)
        {
            Assert.That((await Platform.Post(Wordings, body)).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo([fault]));
        }

        // Research may be a wording of its own: that it is given by an explicit act is for the consent to say.
        (await Platform.Post(Wordings, Wording("research", "1", Provision.Permit("goals") with { Purposes = ["HRESCH"] }))).Expect(HttpStatusCode.Created);
    }

    [Test]
    public async Task A_language_that_is_not_there_is_named_as_the_fault_and_strange_names_are_nobodys()
    {
        Assert.That((await Client.Get($"{Wordings}/intake/versions/3?language=fr")).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["language unknown-value"]));
        foreach (var name in new[] { "unknown", "INTAKE", "intake%20", "a%01b", "%F0%9F%98%80" })
        {
            (await Client.Get($"{Wordings}/{name}")).Expect(HttpStatusCode.NotFound);
            (await Client.Get($"{Wordings}/intake/versions/{name}")).Expect(HttpStatusCode.NotFound);
        }
    }

    [Test]
    public async Task The_list_comes_in_pages()
    {
        foreach (var number in Enumerable.Range(0, 3))
        {
            await Register($"page-{number}", "1");
        }

        var all = (await Client.Get(Wordings)).Items().Select(wording => wording.Word("id")).ToList();
        Assert.That((await Client.AllPages(Wordings, 2)).Select(wording => wording.Word("id")), Is.EqualTo(all));
    }

    private async Task<Answer> Register(string id, string? version) =>
        (await Platform.Post(Wordings, Wording(id, version))).Expect(HttpStatusCode.Created);

    private static object Wording(string? id, string? version, params Provision[] provisions) => new Body(
        id, version, [Text("en"), Text("de") with { Title = "Behandlung" }], provisions.Length > 0 ? provisions : [Provision.Permit("goals")]);

    private static ShownText Text(string language) => new(language, "Treatment", "What we do.", "Press Take back.");

    /// <summary>With or without an id: a new wording, or a version of one.</summary>
    private sealed record Body(
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id, string? Version, ShownText[] Texts, Provision[] Provisions);

    private sealed record ShownText(string Language, string Title, string Text, string HowToWithdraw);
}
