using System.Text.Json.Nodes;
using PersonalCareApi.Domain.Plans;

namespace PersonalCareApi.Domain.Tests.Plans;

/// <summary>What a definition of a modality must say, rule by rule.</summary>
public class ModalityTests
{
    private const string Sound = """
        { "code": "mbct", "name": "Mindfulness", "techniques": ["body scan"],
          "indications": [ { "problem": "relapse", "guideline": "NICE NG222", "strength": "offer", "status": "unconfirmed" } ],
          "cautions": ["current danger: safety plan first"],
          "sessions": [ { "for": "group", "sessions": "8 weekly", "status": "confirmed", "source": "NG222 p31" } ],
          "preferenceFit": { "directiveness": "therapist", "emotionalIntensity": "low", "time": "present", "stance": "warm support",
            "medium": "experiential", "style": "structured", "status": "project mapping, not published" } }
        """;

    [Test]
    public void What_says_all_it_must_is_a_modality()
    {
        var (modality, faults) = Modality.Parse(Sound);

        Assert.That(faults, Is.Empty);
        Assert.That(modality!.Indications.Single().Guideline, Is.EqualTo("NICE NG222"));
        Assert.That(modality.Sources, Is.Empty);
    }

    [Test]
    public void Every_rule_that_is_broken_is_named()
    {
        Assert.That(FaultsOf(json => json["code"] = "MBCT 2"), Is.EqualTo(new[] { "code at MBCT 2" }));
        Assert.That(FaultsOf(json => json["techniques"] = new JsonArray()), Is.EqualTo(new[] { "no-techniques at techniques" }));
        Assert.That(FaultsOf(json => json["indications"] = new JsonArray()), Is.EqualTo(new[] { "no-indications at indications" }));
        Assert.That(FaultsOf(json => json["sessions"]![0]!.AsObject().Remove("source")), Is.EqualTo(new[] { "confirmed-without-source at group" }));
        Assert.That(FaultsOf(json => json["preferenceFit"]!["status"] = "published"), Is.EqualTo(new[] { "preference-fit-status at preferenceFit" }));
        Assert.That(
            FaultsOf(json =>
            {
                json["code"] = "";
                json["techniques"] = new JsonArray();
            }),
            Is.EqualTo(new[] { "code at ", "no-techniques at techniques" }));
    }

    [Test]
    public void What_was_seen_in_the_material_of_the_whole_needs_no_source_of_its_own() =>
        Assert.That(
            FaultsOf(json =>
            {
                json["sessions"]![0]!.AsObject().Remove("source");
                json["sources"] = new JsonArray("NICE NG222");
            }),
            Is.Empty);

    [TestCase("name")]
    [TestCase("techniques")]
    [TestCase("indications")]
    [TestCase("cautions")]
    [TestCase("sessions")]
    [TestCase("sources")]
    public void What_says_nothing_is_named(string member)
    {
        Assert.That(
            FaultsOf(json => json[member] = member == "name" ? "  " : new JsonArray((JsonNode?)null)),
            Is.EqualTo(new[] { $"blank at {member}" }));
    }

    [TestCase("problem")]
    [TestCase("guideline")]
    [TestCase("strength")]
    public void An_indication_says_for_what_where_and_how_strongly(string member)
    {
        Assert.That(FaultsOf(json => json["indications"]![0]![member] = ""), Is.EqualTo(new[] { "blank at indications" }));
        Assert.That(FaultsOf(json => json["indications"]![0]!.AsObject().Remove(member)), Is.EqualTo(new[] { "unreadable at $.indications[0]" }));
    }

    [Test]
    public void Each_fact_says_how_sure_it_is()
    {
        Assert.That(FaultsOf(json => json["indications"]![0]!.AsObject().Remove("status")), Is.EqualTo(new[] { "unreadable at $.indications[0]" }));
        Assert.That(FaultsOf(json => json["indications"]![0]!["status"] = "certain"), Is.EqualTo(new[] { "unreadable at $.indications[0].status" }));
        Assert.That(FaultsOf(json => json["sessions"]![0]!.AsObject().Remove("status")), Is.EqualTo(new[] { "unreadable at $.sessions[0]" }));
    }

    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("""{ "code": "x" }""")]
    public void What_is_no_definition_at_all_is_unreadable(string json)
    {
        var (modality, faults) = Modality.Parse(json);

        Assert.That(modality, Is.Null);
        Assert.That(faults.Select(fault => fault.Code), Is.EqualTo(new[] { "unreadable" }));
    }

    [Test]
    public void A_member_that_nobody_knows_is_refused() =>
        Assert.That(FaultsOf(json => json["evidence"] = "strong"), Is.EqualTo(new[] { "unreadable at $.evidence" }));

    private static string[] FaultsOf(Action<JsonNode> change)
    {
        var json = JsonNode.Parse(Sound)!;
        change(json);
        return [.. Modality.Parse(json.ToJsonString()).Faults.Select(fault => $"{fault.Code} at {fault.Where}")];
    }
}
