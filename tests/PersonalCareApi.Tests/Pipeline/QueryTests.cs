using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Tests.Pipeline;

/// <summary>What a query string may hold.</summary>
public sealed class QueryTests
{
    private EdgeHost host = null!;

    [OneTimeSetUp]
    public async Task Start() => host = await EdgeHost.Start(
        routes => routes.MapGet("/questionnaires", (Query<QuestionnaireQuery> query) => TypedResults.Ok(query.Value)),
        register: services => services.AddValidatorsFromTests());

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public async Task Every_kind_of_parameter_is_read()
    {
        var answer = await (await host.Client.GetAsync(
            "/v1/questionnaires?limit=200&cursor=abc&from=2026-05-04T11:30:00%2B02:00&day=2026-05-04&instrument=phq-9&goalId=01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d&private=true&mode=self-report")).Json();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.GetProperty("size").GetInt32(), Is.EqualTo(200));
            Assert.That(answer.GetProperty("cursor").GetString(), Is.EqualTo("abc"));
            Assert.That(answer.GetProperty("from").GetString(), Is.EqualTo("2026-05-04T09:30:00Z"));
            Assert.That(answer.GetProperty("mode").GetString(), Is.EqualTo("self-report"));
            Assert.That(answer.GetProperty("private").GetBoolean(), Is.True);
        }
    }

    [Test]
    public async Task A_page_holds_fifty_items_when_nothing_is_said() =>
        Assert.That((await (await host.Client.GetAsync("/v1/questionnaires")).Json()).GetProperty("size").GetInt32(), Is.EqualTo(50));

    [TestCase("colour=red", "colour unknown-parameter")]
    [TestCase("Limit=5", "Limit unknown-parameter", TestName = "Parameter_names_are_compared_with_their_case")]
    [TestCase("size=5", "size unknown-parameter", TestName = "A_computed_property_is_no_parameter")]
    [TestCase("limit=5&limit=6", "limit repeated-parameter")]
    [TestCase("limit=5&LIMIT=6", "LIMIT unknown-parameter")]
    [TestCase("limit=0", "limit out-of-range")]
    [TestCase("limit=201", "limit out-of-range")]
    [TestCase("limit=-1", "limit out-of-range")]
    [TestCase("limit=99999999999", "limit out-of-range")]
    [TestCase("limit=ten", "limit invalid-format")]
    [TestCase("limit=1.0", "limit invalid-format")]
    [TestCase("limit=%201", "limit invalid-format")]
    [TestCase("limit=", "limit invalid-format")]
    [TestCase("limit", "limit invalid-format")]
    [TestCase("from=2026-05-04T11:30:00+02:00", "from invalid-format")]
    [TestCase("from=0001-01-01T00:00:00Z", "from out-of-range")]
    [TestCase("day=2026-02-30", "day invalid-format")]
    [TestCase("day=9999-12-31", "day out-of-range")]
    [TestCase("goalId=7", "goalId invalid-format")]
    [TestCase("private=yes", "private invalid-format")]
    [TestCase("mode=SelfReport", "mode unknown-value")]
    [TestCase("mode=0", "mode unknown-value")]
    [TestCase("instrument=a%00b", "instrument invalid-text")]
    [TestCase("instrument=a-name-that-is-far-too-long", "instrument too-long")]
    [TestCase("limit=0&day=x&colour=1", "limit out-of-range|day invalid-format|colour unknown-parameter")]
    public async Task Faulty_parameters_are_named_all_at_once(string query, string expected) =>
        Assert.That(await (await host.Client.GetAsync($"/v1/questionnaires?{query}")).Faults(), Is.EqualTo(expected.Split('|')));

    [Test]
    public async Task A_plus_sign_that_became_a_blank_is_explained() =>
        Assert.That(await (await host.Client.GetAsync("/v1/questionnaires?from=2026-05-04T11:30:00+02:00")).Content.ReadAsStringAsync(), Does.Contain("%2B"));

    [Test]
    public async Task The_problem_does_not_repeat_the_query() =>
        Assert.That((await (await host.Client.GetAsync("/v1/questionnaires?colour=Petra")).Json()).GetProperty("instance").GetString(), Is.EqualTo("/v1/questionnaires"));
}
