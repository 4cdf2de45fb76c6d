using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

/// <summary>The rules a definition can be written with, each by itself.</summary>
public sealed class RuleTests
{
    private static readonly JsonSerializerOptions AsShown = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    [TestCase("""{ "op": ">=", "of": { "item": "1" }, "value": 2 }""", true)]
    [TestCase("""{ "op": ">", "of": { "item": "1" }, "value": 2 }""", false)]
    [TestCase("""{ "op": "<=", "of": { "item": "1" }, "value": 2 }""", true)]
    [TestCase("""{ "op": "<", "of": { "item": "1" }, "value": 2 }""", false)]
    [TestCase("""{ "op": "=", "of": { "item": "1" }, "value": 2 }""", true)]
    [TestCase("""{ "op": ">=", "of": { "sum": ["1", "2"] }, "value": 2 }""", true, Description = "whatever item 2 is")]
    [TestCase("""{ "op": ">=", "of": { "sum": ["1", "2"] }, "value": 3 }""", null)]
    [TestCase("""{ "op": ">", "of": { "sum": ["1", "2"] }, "value": 6 }""", false, Description = "not even with 4 on item 2")]
    [TestCase("""{ "op": "=", "of": { "sum": ["1", "2"] }, "value": 4 }""", null, Description = "between the ends")]
    [TestCase("""{ "op": "=", "of": { "sum": ["1", "2"] }, "value": 7 }""", false)]
    [TestCase("""{ "op": "=", "of": { "count": [{ "items": ["1", "2"], "op": ">=", "value": 1 }] }, "value": 2 }""", null)]
    [TestCase("""{ "op": ">=", "of": { "count": [{ "items": ["1", "2"], "op": ">=", "value": 1 }] }, "value": 1 }""", true)]
    [TestCase("""{ "op": ">=", "of": { "count": [{ "items": ["1"], "op": "<", "value": 1 }, { "items": ["2"], "op": ">=", "value": 0 }] }, "value": 1 }""", true)]
    [TestCase("""{ "op": ">=", "of": { "scale": "total" }, "value": 0 }""", true, Description = "any total there could be")]
    [TestCase("""{ "op": ">=", "of": { "scale": "total" }, "value": 1 }""", null)]
    [TestCase("""{ "op": ">", "of": { "scale": "total", "take": "mean" }, "value": 4 }""", false, Description = "no mean is above 4")]
    [TestCase("""{ "op": "all", "conditions": [{ "op": "=", "of": { "item": "2" }, "value": 1 }, { "op": "=", "of": { "item": "1" }, "value": 1 }] }""", false)]
    [TestCase("""{ "op": "all", "conditions": [{ "op": "=", "of": { "item": "2" }, "value": 1 }, { "op": "=", "of": { "item": "1" }, "value": 2 }] }""", null)]
    [TestCase("""{ "op": "any", "conditions": [{ "op": "=", "of": { "item": "2" }, "value": 1 }, { "op": "=", "of": { "item": "1" }, "value": 2 }] }""", true)]
    [TestCase("""{ "op": "any", "conditions": [{ "op": "=", "of": { "item": "2" }, "value": 1 }, { "op": "=", "of": { "item": "1" }, "value": 1 }] }""", null)]
    public void A_condition_is_known_when_the_missing_answers_cannot_change_it(string condition, bool? met)
    {
        var instrument = AuditCWith(json => json["cutoffs"]![0]!["when"] = JsonNode.Parse(condition));

        Assert.That(instrument.ScoredFrom([new("1", 2), new("3", 0)]).Cutoffs[0].Met, Is.EqualTo(met));
    }

    [Test]
    public void A_weight_multiplies_its_item_and_widens_the_range()
    {
        var instrument = AuditCWith(json =>
        {
            json["total"]!["weights"] = new JsonObject { ["3"] = 2.5 };
            json["total"]!["range"]!["max"] = 18;
        });

        Assert.That(instrument.Scored(1, 2, 3).Score, Is.EqualTo(10.5m));
    }

    [Test]
    public void A_weighted_score_is_prorated_by_weight()
    {
        var instrument = AuditCWith(json =>
        {
            json["total"]!["weights"] = new JsonObject { ["3"] = 2 };
            json["total"]!["range"]!["max"] = 16;
            json["missing"]!["maxMissing"] = 1;
        });

        // (1 × 3 + 2 × 3) over a weight of 3, times the whole weight of 4.
        Assert.That(instrument.ScoredFrom([new("1", 3), new("3", 3)]).Score, Is.EqualTo(12));
    }

    [Test]
    public void A_skipped_item_can_count_something_else_than_0()
    {
        var instrument = AuditCWith(json => json["skips"]![0]!["countsAs"] = 1);

        Assert.That(instrument.Scored(0).Score, Is.EqualTo(2));
        Assert.That(Scoring.Score(instrument, Definitions.Answers(0, 1, 0)).Faults.Single().Item, Is.EqualTo("3"));
    }

    [TestCase("phq-9")]
    [TestCase("gad-7")]
    [TestCase("audit-c")]
    [TestCase("who-5")]
    [TestCase("cfi")]
    public void What_is_shown_of_an_instrument_is_its_definition(string code)
    {
        var shown = JsonSerializer.Serialize(Definitions.Parsed(Definitions.Text(code)), AsShown);

        var again = JsonSerializer.Serialize(Definitions.Parsed(shown), AsShown);
        Assert.That(again, Is.EqualTo(shown));
        Assert.That(shown, Does.Contain("\"status\":\"unconfirmed\"").And.Contain("\"code\":\"" + code + "\""));
    }

    private static Instrument AuditCWith(Action<JsonNode> change)
    {
        var json = JsonNode.Parse(Definitions.Text("audit-c"))!;
        change(json);
        return Definitions.Parsed(json.ToJsonString());
    }
}
