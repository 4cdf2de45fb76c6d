using System.Globalization;
using System.Text.Json.Nodes;
using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Tests.Instruments;

/// <summary>Every rule of a definition, with a planted violation that is caught by name.</summary>
public sealed class InstrumentFaultTests
{
    private static IEnumerable<TestCaseData> Violations()
    {
        yield return Breaks("phq-9", "version", json => json["version"] = "1.0");
        yield return Breaks("phq-9", "version", json => json["version"] = "01");
        yield return Breaks("phq-9", "code-shape", json => json["code"] = new string('a', 65));
        yield return Breaks("phq-9", "too-many-items", json => json["extraItems"] = new JsonArray(
            [.. Enumerable.Range(100, 192).Select(number => new JsonObject { ["number"] = $"{number}", ["topic"] = "…" })]));
        yield return Breaks("phq-9", "item-number", json => json["extraItems"]![0]!["number"] = "");
        yield return Breaks("phq-9", "too-long", json => json["traps"] = new JsonArray(new string('…', 4001)));
        yield return Breaks("phq-9", "too-long", json => json["answerSets"]![new string('a', 65)] = json["answerSets"]!["frequency"]!.DeepClone());
        yield return Breaks("phq-9", "too-long", json => json["sources"] = new JsonArray([.. Enumerable.Range(0, 201).Select(_ => JsonValue.Create("…"))]));
        yield return Breaks("phq-9", "out-of-range", json => json["total"]!["multiply"] = 79228162514264337593543950335m);
        yield return Breaks("phq-9", "unreadable", json => json["critical"]![0]!["op"] = 99);
        yield return Breaks("phq-9", "code-shape", json => json["code"] = "phq 9");
        yield return Breaks("phq-9", "unknown-sensitivity", json => json["sensitivities"] = new JsonArray("PSI"));
        yield return Breaks("cfi", "no-items", json => (json["items"], json["headings"], json["missing"]!["maxMissing"]) = (new JsonArray(), new JsonArray(), 0));
        yield return Breaks("phq-9", "duplicate-item", json => json["extraItems"]![0]!["number"] = "9", "extra-item-scored");

        yield return Breaks("phq-9", "unknown-answer-set", json => json["items"]![0]!["answers"] = "frequencies");
        yield return Breaks("audit-c", "duplicate-option", json => json["answerSets"]!["drinks"]!["options"]![1]!["value"] = 0);
        yield return Breaks("audit-c", "too-few-options", json => json["answerSets"]!["drinks"]!["options"] = new JsonArray());
        yield return Breaks("cfi", "text-item-scored", json => json["items"]![0]!["reverse"] = true);
        yield return Breaks("c-ssrs-screen", "text-item-scored", json => json["items"]![0]!.AsObject().Remove("answers"));

        yield return Breaks("gad-7", "unscored-item", json => (json["total"]!["items"], json["total"]!["range"]!["max"], json["total"]!["bands"]!["ranges"]![3]!["max"])
            = (new JsonArray("1", "2", "3", "4", "5", "6"), 18, 18));
        yield return Breaks("mini-ipip", "unscored-item", json => json["subscales"]![4]!["items"] = new JsonArray("5", "10", "15"));
        yield return Breaks("audit-c", "unknown-item", json => json["total"]!["items"]!.AsArray().Add("4"));
        yield return Breaks("audit-c", "repeated-item", json => json["total"]!["items"]!.AsArray().Add("3"));
        yield return Breaks("audit-c", "weight", json => json["total"]!["weights"] = new JsonObject { ["1"] = -1 });
        yield return Breaks("audit-c", "weight", json => json["total"]!["weights"] = new JsonObject { ["4"] = 2 });
        yield return Breaks("audit-c", "empty-scale", json => json["total"]!["multiply"] = 0);
        yield return Breaks("phq-9", "extra-item-scored", json => json["total"]!["items"]!.AsArray().Add("difficulty"));
        yield return Breaks("phq-9", "total-code", json => json["total"]!["code"] = "sum", "unknown-scale");
        yield return Breaks("core-10", "range", json => json["total"]!["range"]!["min"] = 1, "band-range");
        yield return Breaks("audit-c", "range", json => json["total"]!["range"]!["max"] = 15);
        yield return Breaks("audit-c", "max-missing", json => json["missing"]!["maxMissing"] = 3);
        yield return Breaks("audit-c", "max-missing", json => json["total"]!["maxMissing"] = -1);
        yield return Breaks("audit", "duplicate-code", json => json["subscales"]![0]!["code"] = "harm");

        yield return Breaks("phq-9", "band-gap", json => Band(json, 1)["max"] = 8);
        yield return Breaks("phq-9", "band-overlap", json => Band(json, 1)["max"] = 10);
        yield return Breaks("phq-9", "band-range", json => Band(json, 0)["min"] = 1);
        yield return Breaks("phq-9", "band-range", json => Band(json, 4)["max"] = 26);
        yield return Breaks("phq-9", "band-range", json => json["total"]!["bands"]!["ranges"] = new JsonArray());
        yield return Breaks("phq-9", "band-bounds", json => Band(json, 1)["above"] = 4);
        yield return Breaks("phq-9", "duplicate-code", json => Band(json, 1)["code"] = "minimal");
        yield return Breaks("phq-9", "band-bounds", json => (Band(json, 0)["max"], Band(json, 1)["min"]) = (4.5, 5.5));
        yield return Breaks("phq-9", "band-bounds", json => (Band(json, 1)["max"], Band(json, 2)["min"]) = (3, 4));
        yield return Breaks("brs", "band-gap", json => Band(json, 1)["min"] = 3.01);
        yield return Breaks("brs", "band-overlap", json => Band(json, 1)["min"] = 2.99);
        yield return Breaks("brs", "band-gap", json => Swap(Band(json, 1), "min", "above"));
        yield return Breaks("brs", "band-overlap", json => Swap(Band(json, 2), "above", "min"));
        yield return Breaks("k10", "band-gap", json => Band(json, 2)["min"] = 23);
        yield return Breaks("k10", "band-overlap", json => Band(json, 2)["min"] = 21);
        yield return Breaks("osss-3", "band-range", json => Band(json, 0)["min"] = 0);
        yield return Breaks("dass-21", "band-gap", json => json["subscales"]![1]!["bands"]!["ranges"]![0]!["max"] = 6);

        yield return Breaks("phq-9", "unknown-critical-item", json => json["critical"]![0]!["item"] = "10");
        yield return Breaks("phq-9", "trigger-never-fires", json => json["critical"]![0]!["value"] = 4);
        yield return Breaks("phq-9", "condition-shape", json => json["critical"]![0]!["op"] = "any");
        yield return Breaks("phq-9", "unknown-scale", json => When(json)["of"]!["scale"] = "totals");
        yield return Breaks("phq-9", "unknown-item", json => When(json)["of"] = JsonNode.Parse("""{ "sum": ["1", "11"] }"""));
        yield return Breaks("phq-9", "condition-shape", json => When(json).Remove("value"));
        yield return Breaks("phq-9", "condition-shape", json => When(json)["op"] = "all");
        yield return Breaks("phq-9", "condition-shape", json => When(json)["conditions"] = new JsonArray(When(json).DeepClone()));
        yield return Breaks("phq-9", "condition-shape", json => When(json)["of"]!["item"] = "1");
        yield return Breaks("phq-9", "condition-shape", json => When(json)["of"] = new JsonObject());
        yield return Breaks("phq-9", "condition-shape", json => When(json)["of"] = JsonNode.Parse("""{ "item": "1", "take": "mean" }"""));
        yield return Breaks("phq-9", "condition-shape", json => json["change"]!["clinicalRange"]!["op"] = "all");
        yield return Breaks("audit-c", "condition-shape", json => json["skips"]![0]!["when"]!["of"] = JsonNode.Parse("""{ "scale": "total" }"""));
        yield return Breaks("audit-c", "unknown-item", json => json["skips"]![0]!["items"]!.AsArray().Add("4"));
        yield return Breaks("audit-c", "skip-value", json => json["skips"]![0]!["countsAs"] = 5);
        yield return Breaks("audit-c", "fact-default", json => json["cutoffs"]![1]!["default"] = false);
        yield return Breaks("audit-c", "unknown-fact", json => json["cutoffs"]![1]!["dependsOn"]!["value"] = "women");
        yield return Breaks("cfi", "unknown-item", json => json["headings"]![0]!["items"]!.AsArray().Add("17"));
        yield return Breaks("brs", "unknown-scale", json => json["change"]!["norms"]![0]!["scale"] = "resilience");

        yield return Breaks("phq-9", "loinc-check-digit", json => json["items"]![0]!["loinc"] = "44250-8");
        yield return Breaks("phq-9", "loinc-check-digit", json => json["loinc"]!["panel"] = "44294-1");
        yield return Breaks("phq-9", "loinc-check-digit", json => json["answerSets"]!["frequency"]!["options"]![0]!["loinc"] = "LA6568-0");
        yield return Breaks("phq-9", "loinc-check-digit", json => json["answerSets"]!["frequency"]!["loinc"] = "LL385-3");
        yield return Breaks("phq-9", "loinc-check-digit", json => json["total"]!["loinc"] = "LA6568-5");
        yield return Breaks("phq-9", "loinc-check-digit", json => json["extraItems"]![0]!["loinc"] = "69722-8");
        yield return Breaks("phq-9", "loinc-version", json => json["loinc"]!["version"] = "2.78");
        yield return Breaks("audit-c", "loinc-version", json => json["loinc"]!["version"] = "2.77");
        yield return Breaks("pcl-5", "loinc-check-digit", json => json["loinc"]!["total"] = "101698-0");
        yield return Breaks("pcl-5", "loinc-check-digit", json => json["loinc"]!["other"]![0]!["code"] = "70221-9");
        yield return Breaks("pcl-5", "loinc-check-digit", json => json["subscales"]![0]!["loinc"] = "101698-1");

        yield return Breaks("audit-c", "text-not-licensed", json => json["items"]![0]!["text"] = new JsonObject { ["en"] = "…" }, "undeclared-language");
        yield return Breaks("gad-7", "text-not-licensed", json => json["licence"]!["shipItemText"] = "no");
        yield return Breaks("core-10", "text-not-licensed", Translated);
        yield return Breaks("gad-7", "text-missing", json => json["items"]![0]!["text"] = new JsonObject());
        yield return Breaks("gad-7", "undeclared-language", json => json["items"]![0]!["text"]!["de"] = "…");
        yield return Breaks("gad-7", "duplicate-language", json => json["languages"]!.AsArray().Add(json["languages"]![0]!.DeepClone()));

        yield return Breaks("phq-9", "confirmed-without-source", json => json["cutoffs"]![0]!.AsObject().Remove("source"));
        yield return Breaks("phq-9", "confirmed-without-source", json => json["licence"]!.AsObject().Remove("source"));
        yield return Breaks("core-10", "confirmed-without-source", json => json["change"]!["norms"]![0]!.AsObject().Remove("source"));
        yield return Breaks("pcl-5", "confirmed-without-source", json => json["languages"]![0]!["source"] = "");
        yield return Breaks("k10", "confirmed-without-source", json => json["skips"]![0]!["status"] = "confirmed");
        yield return Breaks("phq-9", "reliable-change", json => json["change"]!["reliableChange"]!["points"] = 0);
        yield return Breaks("phq-9", "reliable-change", json => json["change"]!["reliableChange"]!["recompute"]!["reliability"] = 1);

        yield return Breaks("phq-9", "unreadable", json => json["colour"] = "blue");
        yield return Breaks("phq-9", "unreadable", json => json.AsObject().Remove("missing"));
        yield return Breaks("phq-9", "unreadable", json => json["higherIs"] = "bigger");
        yield return Breaks("phq-9", "unreadable", json => json["cutoffs"]![0]!["when"]!["op"] = "~");
        yield return Breaks("phq-9", "unreadable", json => json["total"]!["range"]!["min"] = "0");
        yield return Breaks("phq-9", "null-member", json => json["traps"]!.AsArray().Add(null));
        yield return Breaks("phq-9", "null-member", json => json["total"] = null);
    }

    [TestCaseSource(nameof(Violations))]
    public void A_broken_definition_is_caught_by_name(string code, Action<JsonNode> plant, string[] expected)
    {
        var json = JsonNode.Parse(Definitions.Text(code))!;
        plant(json);

        var parsed = Instrument.Parse(json.ToJsonString());

        Assert.That(parsed.Instrument, Is.Null);
        Assert.That(parsed.Faults.Select(fault => fault.Code).Distinct(), Is.EquivalentTo(expected));
    }

    [Test]
    public void All_faults_are_named_at_once()
    {
        var json = JsonNode.Parse(Definitions.Text("phq-9"))!;
        json["items"]![0]!["loinc"] = "44250-8";
        json["sensitivities"] = new JsonArray("PSI");
        json["cutoffs"]![0]!.AsObject().Remove("source");
        json["critical"]![0]!["item"] = "10";

        Assert.That(Instrument.Parse(json.ToJsonString()).Faults.Select(fault => fault.ToString()), Is.EqualTo(new[]
        {
            "unknown-sensitivity at #/sensitivities/0: No such HL7 sensitivity label.",
            "unknown-critical-item at #/critical/0/item: There is no item 10.",
            "confirmed-without-source at #/cutoffs/0: What is confirmed names where it was seen.",
            "loinc-check-digit at #/items/0/loinc: 44250-8 is no LOINC code of that kind, or its check digit is wrong.",
        }));
    }

    [TestCaseSource(nameof(Violations))]
    public void A_fault_says_where_in_the_definition_it_lies(string code, Action<JsonNode> plant, string[] expected)
    {
        var json = JsonNode.Parse(Definitions.Text(code))!;
        plant(json);

        foreach (var fault in Instrument.Parse(json.ToJsonString()).Faults)
        {
            // What is missing lies in something that is there.
            var holder = fault.Where.Contains('/', StringComparison.Ordinal) ? fault.Where[2..].Split('/')[..^1] : [];
            JsonNode? at = json;
            foreach (var name in holder.Select(Uri.UnescapeDataString).Where(name => name != "text"))
            {
                at = at is JsonArray list ? list[int.Parse(name, CultureInfo.InvariantCulture)] : at?[name];
            }

            Assert.That(at, Is.Not.Null, fault.ToString());
        }
    }

    [Test]
    public void Every_definition_is_the_same_when_it_was_written_and_read_again()
    {
        foreach (var code in Definitions.All.Keys)
        {
            var written = Definitions.Of(code).ToJson();
            Assert.That(Definitions.Parsed(written).ToJson(), Is.EqualTo(written), code);
        }
    }

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("{")]
    [TestCase("{ \"code\": \"a\", \"code\": \"b\" }")]
    public void Text_that_is_no_definition_is_a_fault_and_no_exception(string json)
    {
        var parsed = Instrument.Parse(json);

        Assert.That((parsed.Instrument, parsed.Faults.Count), Is.EqualTo(((Instrument?)null, 1)));
    }

    private static TestCaseData Breaks(string code, string fault, Action<JsonNode> plant, params string[] andSo) =>
        new TestCaseData(code, plant, (string[])[fault, .. andSo]).SetArgDisplayNames(code, fault);

    private static JsonObject Band(JsonNode json, int index) => json["total"]!["bands"]!["ranges"]![index]!.AsObject();

    private static JsonObject When(JsonNode json) => json["cutoffs"]![0]!["when"]!.AsObject();

    private static void Swap(JsonObject band, string from, string to)
    {
        band[to] = band[from]!.DeepClone();
        band.Remove(from);
    }

    private static void Translated(JsonNode json)
    {
        json["languages"] = new JsonArray([.. new[] { "en", "de" }.Select(tag => new JsonObject
        {
            ["tag"] = tag, ["attribution"] = "…", ["textSource"] = "…", ["status"] = "unconfirmed",
        })]);
        foreach (var slot in json["items"]!.AsArray().Concat(json["answerSets"]!["frequency"]!["options"]!.AsArray()))
        {
            slot!["text"] = new JsonObject { ["en"] = "…", ["de"] = "…" };
        }
    }
}
