using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Partners;

/// <summary>What a partner settles for all its records.</summary>
[OnEachDatabase]
internal sealed class SettingsTests(TestDatabase database)
{
    private const string Path = "/v1/settings";

    private ApiHost host = null!;
    private Api platform = null!;

    [SetUp]
    public async Task Start()
    {
        host = new ApiHost(database);
        platform = await host.As("platform");
    }

    [TearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public async Task A_new_default_rule_decides_the_next_request()
    {
        var practitioner = await host.As("practitioner");
        var assessments = Record(Personas.ClientId, "/assessments");
        (await practitioner.Get(assessments)).Expect(HttpStatusCode.Forbidden);

        (await Change(new { defaultRule = "implied-treatment" })).Expect(HttpStatusCode.OK);
        (await practitioner.Get(assessments)).Expect(HttpStatusCode.OK);

        (await Change(new { defaultRule = "opt-in" })).Expect(HttpStatusCode.OK);
        (await practitioner.Get(assessments)).Expect(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task What_a_patch_does_not_name_stays_and_null_takes_an_age_away()
    {
        var changed = (await Change(new
        {
            ageOfConsent = 14,
            ageOfConsentByPurpose = new Dictionary<string, int> { ["HRESCH"] = 18, ["HMARKT"] = 21 },
            closingLabels = new[] { "HIV" },
            part2Programme = true,
            requiresFlagReader = false,
        })).Expect(HttpStatusCode.OK);
        Assert.That(changed.ETag, Is.EqualTo("\"2\""));

        var again = (await platform.Send(
            HttpMethod.Patch, Path,
            new StringContent("""{"ageOfConsentByPurpose":{"HMARKT":null}}""", new System.Net.Http.Headers.MediaTypeHeaderValue("application/merge-patch+json")),
            ("If-Match", changed.ETag))).Expect(HttpStatusCode.OK).Json;

        Assert.That(again.GetProperty("ageOfConsentByPurpose").GetRawText(), Is.EqualTo("""{"HRESCH":18}"""));
        Assert.That(again.GetProperty("ageOfConsent").GetInt32(), Is.EqualTo(14));
        Assert.That(again.GetProperty("closingLabels").GetRawText(), Is.EqualTo("""["HIV"]"""));
        Assert.That(again.GetProperty("part2Programme").GetBoolean(), Is.True);
        Assert.That(again.GetProperty("requiresFlagReader").GetBoolean(), Is.False);
    }

    [Test]
    public async Task What_is_read_may_be_sent_back()
    {
        var read = (await platform.Get(Path)).Expect(HttpStatusCode.OK);

        (await platform.Patch(Path, read.Json, ("If-Match", read.ETag))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_setting_that_is_none_is_refused_by_name()
    {
        Assert.That(
            (await Change(new { closingLabels = new[] { "HIV", "XYZ" }, ageOfConsent = 121, ageOfConsentByPurpose = new Dictionary<string, int> { ["FUN"] = 3 } }))
                .Expect(HttpStatusCode.UnprocessableEntity).Faults,
            Is.EqualTo(new[] { "#/closingLabels/1 unknown-value", "#/ageOfConsent out-of-range", "#/ageOfConsentByPurpose unknown-value" }));
        Assert.That(
            (await Change(new { defaultRule = "sloppy" })).Expect(HttpStatusCode.UnprocessableEntity).Faults,
            Is.EqualTo(new[] { "#/defaultRule unknown-value" }));
    }

    [Test]
    public async Task A_change_says_which_version_it_means()
    {
        (await platform.Patch(Path, new { ageOfConsent = 18 })).Expect(HttpStatusCode.PreconditionRequired);
        (await platform.Patch(Path, new { ageOfConsent = 18 }, ("If-Match", "\"9\""))).Expect(HttpStatusCode.PreconditionFailed);
    }

    [Test]
    public async Task Only_who_administers_the_partner_sees_its_settings() =>
        (await (await host.As("supervisor")).Get(Path)).Expect(HttpStatusCode.Forbidden);

    private async Task<Answer> Change(object patch) => await platform.Patch(Path, patch, ("If-Match", (await platform.Get(Path)).ETag));
}
