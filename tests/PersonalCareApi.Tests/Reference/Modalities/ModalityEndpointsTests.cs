using System.Net;
using System.Text.Json.Nodes;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Reference.Modalities;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Reference.Modalities;

/// <summary>The catalogue over HTTP: what an approach is for, and how far each fact was checked.</summary>
[OnEachDatabase]
internal sealed class ModalityEndpointsTests(TestDatabase database)
{
    private ApiHost host = null!;
    private Api practitioner = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        host = new ApiHost(database);
        practitioner = await host.As("practitioner");
    }

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public async Task The_list_gives_each_modality_once_and_says_how_to_read_it()
    {
        var list = (await practitioner.Get("/v1/modalities")).Expect(HttpStatusCode.OK);

        Assert.That(list.Word("notice"), Is.EqualTo(ModalityLibrary.Notice));
        Assert.That(list.Items().Select(modality => modality.Word("code")), Is.Unique.And.Ordered.And.Exactly(16).Items);
        Assert.That(list.Items()[4].Word("name"), Is.EqualTo("Cognitive behavioural therapy"));
        Assert.That(list.Items()[4].GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()), Is.Unique.And.Contains("PTSD"));
    }

    [Test]
    public async Task Each_modality_shows_of_each_fact_its_status_and_source()
    {
        foreach (var code in (await practitioner.Get("/v1/modalities")).Items().Select(modality => modality.Word("code")))
        {
            var answer = (await practitioner.Get($"/v1/modalities/{code}")).Expect(HttpStatusCode.OK);
            var modality = answer.Json.GetProperty("modality");

            Assert.Multiple(() =>
            {
                Assert.That(answer.Word("notice"), Is.EqualTo(ModalityLibrary.Notice));
                Assert.That(modality.Word("code"), Is.EqualTo(code));
                Assert.That(modality.GetProperty("techniques").GetArrayLength(), Is.Positive);
                Assert.That(modality.GetProperty("indications").EnumerateArray().Select(one => one.Word("status")), Is.All.AnyOf("confirmed", "unconfirmed"));
                Assert.That(modality.GetProperty("indications").EnumerateArray().Select(one => one.Word("guideline")), Is.All.Not.Empty);
                Assert.That(modality.GetProperty("sessions").EnumerateArray().Select(one => one.Word("status")), Is.All.AnyOf("confirmed", "unconfirmed"));
                Assert.That(modality.Word("preferenceFit.status"), Is.EqualTo("project mapping, not published"));
            });
        }
    }

    [Test]
    public async Task Strengths_stand_in_the_words_of_their_guidelines()
    {
        var cbt = (await practitioner.Get("/v1/modalities/cbt")).Json.GetProperty("modality");
        var first = cbt.GetProperty("indications")[0];

        Assert.That(first.Word("strength"), Is.EqualTo("offer by choice; guided self-help considered first"));
        Assert.That(first.Word("guideline"), Is.EqualTo("NICE NG222 table 1 (group, individual)"));
        Assert.That(cbt.GetProperty("sessions")[0].Word("source"), Is.EqualTo("NG222 p31"));
    }

    [Test]
    public async Task The_example_has_the_members_of_a_real_answer()
    {
        var example = ContractExample.Of(typeof(ModalityResponse))!;
        var real = JsonNode.Parse((await practitioner.Get("/v1/modalities/mbct")).Text)!;

        Assert.That(Members(example), Is.EqualTo(Members(real)));
        Assert.That(Members(example["modality"]!), Is.EqualTo(Members(real["modality"]!)));
        foreach (var list in new[] { "indications", "sessions" })
        {
            Assert.That(Members(example["modality"]![list]![0]!), Is.EqualTo(Members(real["modality"]![list]![0]!)));
        }

        Assert.That(Members(example["modality"]!["preferenceFit"]!), Is.EqualTo(Members(real["modality"]!["preferenceFit"]!)));
    }

    [TestCase("/v1/modalities/hypnosis")]
    [TestCase("/v1/modalities/CBT")]
    public async Task What_is_not_in_the_catalogue_is_not_found(string path) =>
        Assert.That((await practitioner.Get(path)).Expect(HttpStatusCode.NotFound).Problem, Is.EqualTo("not-found"));

    [TestCase("/v1/modalities")]
    [TestCase("/v1/modalities/cbt")]
    public async Task Only_who_has_signed_in_may_read_the_catalogue(string path) =>
        (await host.Anonymous().Get(path)).Expect(HttpStatusCode.Unauthorized);

    [Test]
    public async Task A_client_reads_the_catalogue_as_everybody_does() =>
        (await (await host.As("client")).Get("/v1/modalities/sfbt")).Expect(HttpStatusCode.OK);

    private static string[] Members(JsonNode json) => [.. json.AsObject().Select(member => member.Key)];
}
