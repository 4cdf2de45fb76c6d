using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>RFC 7396: what is absent stays, null takes away, lists are replaced; the result is a whole value again.</summary>
public sealed class MergePatchTests
{
    private static readonly Questionnaire Current = new("phq-9", Mode.SelfReport, new DateTimeOffset(2026, 5, 4, 9, 30, 0, TimeSpan.Zero), [new("1", 2)])
    {
        Note = "as it was",
        Tags = ["a", "b"],
        Marks = new Dictionary<string, int> { ["x"] = 1, ["y"] = 2 },
        Worst = new("1", 2),
    };

    private EdgeHost host = null!;

    [OneTimeSetUp]
    public async Task Start() => host = await EdgeHost.Start(
        routes =>
        {
            routes.MapPatch("/questionnaires", Change);
            routes.MapPatch("/empty", (MergePatch<Questionnaire> patch) => patch.Apply(Current with { Worst = null }, out var changed) ?? (IResult)TypedResults.Ok(changed));
        },
        register: services => services.AddValidatorsFromTests());

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    private static IResult Change(MergePatch<Questionnaire> patch)
    {
        if (patch.Apply(Current, out var changed) is { } refusal)
        {
            return refusal;
        }

        return TypedResults.Ok(changed);
    }

    [Test]
    public async Task An_empty_patch_changes_nothing()
    {
        var answer = await (await host.Patch("/v1/questionnaires", "{}")).Json();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.GetProperty("note").GetString(), Is.EqualTo("as it was"));
            Assert.That(answer.GetProperty("administeredAt").GetString(), Is.EqualTo("2026-05-04T09:30:00Z"));
        }
    }

    [Test]
    public async Task Members_are_merged_nulls_take_away_and_lists_are_replaced()
    {
        var answer = await (await host.Patch("/v1/questionnaires",
            """{"note":null,"tags":["c"],"marks":{"x":null,"z":3},"worst":{"value":3},"mode":"interview","id":"ignored"}""")).Json();
        Assert.That(answer.ToString(), Does.Contain("\"note\":null")
            .And.Contain("\"tags\":[\"c\"]")
            .And.Contain("\"marks\":{\"y\":2,\"z\":3}")
            .And.Contain("\"worst\":{\"item\":\"1\",\"value\":3,\"declined\":false}")
            .And.Contain("\"mode\":\"interview\""));
    }

    [Test]
    public async Task Null_for_a_member_with_a_default_brings_the_default_back()
    {
        var answer = await (await host.Patch("/v1/questionnaires", """{"tags":null}""")).Json();
        Assert.That(answer.GetProperty("tags").GetArrayLength(), Is.Zero);
    }

    [TestCase("""{"instrument":null}""", "#/instrument null")]
    [TestCase("""{"colour":1,"note":2,"tags":[null]}""", "#/colour unknown-member|#/note wrong-type|#/tags/0 null")]
    [TestCase("""{"note":"a","note":"b"}""", "#/note duplicate-member")]
    [TestCase("""{"answers":[{"value":1}]}""", "#/answers/0/item required")]
    [TestCase("[]", "# wrong-type")]
    [TestCase("null", "# null")]
    [TestCase("""{"answers":[{"item":"1","value":9}],"instrument":""}""", "#/instrument required|#/answers/0/value out-of-range")]
    public async Task A_faulty_patch_is_refused_with_every_place(string patch, string expected) =>
        Assert.That(await (await host.Patch("/v1/questionnaires", patch)).Faults(), Is.EqualTo(expected.Split('|')));

    [Test]
    public async Task A_patch_of_what_is_not_there_yet_must_make_it_whole()
    {
        Assert.That(await (await host.Patch("/v1/empty", """{"worst":{"value":3}}""")).Faults(), Is.EqualTo(["#/worst/item required"]));
        Assert.That((await host.Patch("/v1/empty", """{"worst":{"item":"2"}}""")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }
}
