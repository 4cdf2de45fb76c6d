using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>What a body may look like: every kind of fault, with its place, all at once.</summary>
public sealed class BodyStructureTests
{
    private EdgeHost host = null!;

    [OneTimeSetUp]
    public async Task Start() => host = await EdgeHost.Start(routes => routes.MapPost("/questionnaires", Echo));

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    private static IResult Echo(Body<Questionnaire> body) => TypedResults.Ok(body.Value);

    private static string[] Lines(string expected) => expected.Split('|');

    [Test]
    public async Task A_sound_body_is_read_and_written_in_the_house_style()
    {
        var response = await host.Post("/v1/questionnaires", Questionnaire.With("\"note\":\"très bien 🙂\",\"steps\":-0,\"weight\":19.90,\"tags\":[]"));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), await response.Content.ReadAsStringAsync());
        var text = await response.Content.ReadAsStringAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Does.Contain("\"mode\":\"self-report\""));
            Assert.That(text, Does.Contain("\"administeredAt\":\"2026-05-04T09:30:00.123456Z\""), "in UTC, to the microsecond");
            Assert.That(text, Does.Contain("très bien"));
            Assert.That(text, Does.Contain("\"day\":null"));
            Assert.That(text, Does.Contain("\"weight\":19.90"));
        }
    }

    [TestCase("\"colour\":1", "#/colour unknown-member")]
    [TestCase("\"Note\":\"x\"", "#/Note unknown-member", TestName = "Names_are_compared_with_their_case")]
    [TestCase("\"a/b~c\":1", "#/a~1b~0c unknown-member")]
    [TestCase("\"a b\":1", "#/a%20b unknown-member")]
    [TestCase("\"note\":\"a\",\"note\":\"b\"", "#/note duplicate-member")]
    [TestCase("\"no\\u0074e\":\"a\",\"note\":\"b\"", "#/note duplicate-member", TestName = "An_escaped_name_is_the_same_name")]
    [TestCase("\"tags\":null", "#/tags null")]
    [TestCase("\"tags\":[null,\"a\",null]", "#/tags/0 null|#/tags/2 null")]
    [TestCase("\"tags\":\"a\"", "#/tags wrong-type")]
    [TestCase("\"tags\":{}", "#/tags wrong-type")]
    [TestCase("\"marks\":{\"a\":null}", "#/marks/a null")]
    [TestCase("\"marks\":{\"a\":\"1\",\"a\":2}", "#/marks/a wrong-type|#/marks/a duplicate-member")]
    [TestCase("\"marks\":[]", "#/marks wrong-type")]
    [TestCase("\"worst\":{\"value\":1}", "#/worst/item required")]
    [TestCase("\"worst\":[]", "#/worst wrong-type")]
    [TestCase("\"note\":1", "#/note wrong-type")]
    [TestCase("\"private\":\"true\"", "#/private wrong-type")]
    [TestCase("\"steps\":\"1\"", "#/steps wrong-type")]
    [TestCase("\"steps\":1.5", "#/steps wrong-type")]
    [TestCase("\"steps\":1e3", "#/steps wrong-type")]
    [TestCase("\"steps\":9223372036854775808", "#/steps out-of-range")]
    [TestCase("\"worst\":{\"item\":\"1\",\"value\":2147483648}", "#/worst/value out-of-range")]
    [TestCase("\"rate\":1e999", "#/rate out-of-range")]
    [TestCase("\"rate\":-1e999", "#/rate out-of-range")]
    [TestCase("\"rate\":\"NaN\"", "#/rate wrong-type")]
    [TestCase("\"weight\":1e999", "#/weight out-of-range")]
    [TestCase("\"goalId\":\"{01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d}\"", "#/goalId invalid-format")]
    [TestCase("\"goalId\":\"01970c1e7a527c3e9c3f0b6a4d1f2e3d\"", "#/goalId invalid-format")]
    [TestCase("\"goalId\":\" 01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d\"", "#/goalId invalid-format")]
    [TestCase("\"goalId\":7", "#/goalId wrong-type")]
    [TestCase("\"day\":\"2026-02-30\"", "#/day invalid-format")]
    [TestCase("\"day\":\"04.05.2026\"", "#/day invalid-format")]
    [TestCase("\"day\":\"0000-01-01\"", "#/day invalid-format")]
    [TestCase("\"day\":\"0001-01-01\"", "#/day out-of-range")]
    [TestCase("\"day\":\"9999-12-31\"", "#/day out-of-range")]
    [TestCase("\"day\":\"1899-12-31\"", "#/day out-of-range")]
    [TestCase("\"time\":\"25:00\"", "#/time invalid-format")]
    [TestCase("\"note\":\"a\\u0000b\"", "#/note invalid-text")]
    [TestCase("\"note\":\"a\\u001bb\"", "#/note invalid-text")]
    [TestCase("\"note\":\"\\ud83d\"", "#/note invalid-text")]
    [TestCase("\"note\":\"\\ude42\\ud83d\"", "#/note invalid-text")]
    [TestCase("\"\\ud83d\":1", "# invalid-text")]
    [TestCase("\"marks\":{\"a\\u0000\":1}", "#/marks invalid-text")]
    [TestCase("\"answerCount\":\"whatever\",\"colour\":1", "#/colour unknown-member", TestName = "A_computed_member_is_ignored_when_it_comes_back")]
    public async Task A_faulty_member_is_named_with_its_place(string members, string expected)
    {
        var response = await host.Post("/v1/questionnaires", Questionnaire.With(members));
        Assert.That(await response.Faults(), Is.EqualTo(Lines(expected)));
    }

    [TestCase("0000-01-01T00:00:00Z", "invalid-format")]
    [TestCase("0001-01-01T00:00:00Z", "out-of-range")]
    [TestCase("9999-12-31T23:59:59Z", "out-of-range")]
    [TestCase("9999-12-31T23:59:59-14:00", "invalid-format")]
    [TestCase("2026-05-04T09:30:00", "invalid-format")]
    [TestCase("2026-05-04", "invalid-format")]
    [TestCase("2026-05-04 09:30:00Z", "invalid-format")]
    [TestCase("2026-05-04T09:30Z", "invalid-format")]
    [TestCase("2026-05-04T09:30:00+15:00", "invalid-format")]
    [TestCase("2026-05-04T25:30:00Z", "invalid-format")]
    [TestCase("2026-05-04T09:30:00Z\\n", "invalid-format")]
    [TestCase("2026-05-04T09:30:00,5Z", "invalid-format")]
    [TestCase("٢٠٢٦-05-04T09:30:00Z", "invalid-format")]
    public async Task An_instant_is_RFC_3339_with_its_offset_within_two_centuries(string instant, string code)
    {
        var body = Questionnaire.Sound.Replace("2026-05-04T11:30:00.1234567+02:00", instant, StringComparison.Ordinal);
        Assert.That(await (await host.Post("/v1/questionnaires", body)).Faults(), Is.EqualTo([$"#/administeredAt {code}"]));
    }

    [TestCase("2026-05-04T09:30:00Z", "2026-05-04T09:30:00Z")]
    [TestCase("2026-05-04t09:30:00.5z", "2026-05-04T09:30:00.5Z")]
    [TestCase("2026-05-04T09:30:00-00:00", "2026-05-04T09:30:00Z")]
    [TestCase("2026-05-04T23:30:00.123456789-05:30", "2026-05-05T05:00:00.123456Z")]
    public async Task Every_spelling_of_RFC_3339_is_the_same_instant(string given, string returned)
    {
        var body = Questionnaire.Sound.Replace("2026-05-04T11:30:00.1234567+02:00", given, StringComparison.Ordinal);
        var answer = await (await host.Post("/v1/questionnaires", body)).Json();
        Assert.That(answer.GetProperty("administeredAt").GetString(), Is.EqualTo(returned));
    }

    [Test]
    public async Task An_unknown_word_is_answered_with_those_there_are()
    {
        var response = await host.Post("/v1/questionnaires", Questionnaire.Sound.Replace("self-report", "SelfReport", StringComparison.Ordinal));
        Assert.That(await response.Faults(), Is.EqualTo(["#/mode unknown-value"]));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("self-report, interview"));
    }

    [TestCase("0")]
    [TestCase("\"0\"")]
    [TestCase("\"self-report, interview\"")]
    public async Task A_word_of_a_list_is_no_number_and_no_combination(string mode)
    {
        var response = await host.Post("/v1/questionnaires", Questionnaire.Sound.Replace("\"self-report\"", mode, StringComparison.Ordinal));
        Assert.That((await response.Faults()).Single(), Does.StartWith("#/mode "));
    }

    [Test]
    public async Task All_faults_come_at_once()
    {
        var response = await host.Post("/v1/questionnaires",
            """{"mode":null,"answers":[null,{"item":"1"},{"value":"2","colour":1},{"item":"3","value":4,"value":5}],"day":"soon","extra":{"deep":[1]}}""");
        Assert.That(await response.Faults(), Is.EqualTo(
        [
            "#/mode null",
            "#/answers/0 null",
            "#/answers/2/value wrong-type",
            "#/answers/2/colour unknown-member",
            "#/answers/2/item required",
            "#/answers/3/value duplicate-member",
            "#/day invalid-format",
            "#/extra unknown-member",
            "#/instrument required",
            "#/administeredAt required",
        ]));
    }

    [TestCase("[]", "# wrong-type")]
    [TestCase("null", "# null")]
    [TestCase("\"text\"", "# wrong-type")]
    [TestCase("{}", "#/instrument required|#/mode required|#/administeredAt required|#/answers required")]
    public async Task The_whole_must_be_the_object_of_the_contract(string body, string expected) =>
        Assert.That(await (await host.Post("/v1/questionnaires", body)).Faults(), Is.EqualTo(Lines(expected)));

    [Test]
    public async Task Members_that_only_the_server_sets_are_ignored_when_they_come_back_even_with_nonsense_in_them()
    {
        var response = await host.Post("/v1/questionnaires", Questionnaire.With("\"id\":\"x\",\"version\":null,\"score\":{\"deep\":1},\"answerCount\":9"));
        Assert.That((await response.Json()).GetProperty("answerCount").GetInt32(), Is.EqualTo(1));
    }

    [Test]
    public async Task Null_is_taken_where_the_contract_says_so_in_lists_as_well()
    {
        var response = await host.Post("/v1/questionnaires", Questionnaire.With("\"note\":null,\"worst\":null,\"remarks\":[null,\"a\"]"));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), await response.Content.ReadAsStringAsync());
    }

    [Test]
    public async Task The_answer_to_a_hundred_thousand_faults_is_no_larger_than_the_question()
    {
        var nulls = string.Join(',', Enumerable.Repeat("null", 100_000));
        var response = await host.Post("/v1/questionnaires", Questionnaire.With($"\"tags\":[{nulls}],\"{new string('x', 10_000)}\":1"));
        var faults = await response.Faults();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(faults, Has.Length.EqualTo(201));
            Assert.That(faults[^1], Is.EqualTo("# too-many-faults"));
            Assert.That(Encoding.UTF8.GetByteCount(await response.Content.ReadAsStringAsync()), Is.LessThan(50_000));
        }
    }
}
