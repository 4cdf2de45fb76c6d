using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Reference.Instruments;

namespace PersonalCareApi.Tests.Reference.Instruments;

/// <summary>Definitions to FHIR R4 Questionnaires and back.</summary>
public sealed class QuestionnaireTests
{
    private static readonly IReadOnlyList<Instrument> Shipped = InstrumentLibrary.Load().All;

    /// <summary>Definitions of one scale: any options, weights, reversal, and bands that divide the range.</summary>
    private static readonly Gen<Instrument> Any = Gen.Select(
        Gen.Int[1, 12], Gen.Int[2, 6], Gen.Decimal[0.25m, 4m].Select(weight => Math.Round(weight, 2)), Gen.Bool.Array[12], Gen.String[1, 20], Made);

    [Test]
    public void What_was_exported_is_imported_as_it_was()
    {
        foreach (var instrument in Shipped)
        {
            Assert.That(Again(instrument), Is.EqualTo(instrument.ToJson()), instrument.Code);
        }

        Any.Sample(instrument => Again(instrument) == instrument.ToJson() && Again(Read(Again(instrument))) == instrument.ToJson(), iter: 300);
    }

    [Test]
    public void A_questionnaire_whose_items_were_changed_since_is_refused()
    {
        var changed = JsonNode.Parse(ToQuestionnaire.Write(Shipped[0]))!;
        changed["item"]![0]!["text"] = "something else";

        Assert.That(Faults(changed.ToJsonString()), Is.EqualTo(["questionnaire-changed #/item"]));
    }

    [Test]
    public void A_definition_in_a_questionnaire_is_checked_like_any_other()
    {
        var wrong = JsonNode.Parse(ToQuestionnaire.Write(Shipped[0]))!;
        wrong["extension"]![0]!["valueString"] = Shipped[0].ToJson().Replace("\"maxMissing\":", "\"maxMissing\":9", StringComparison.Ordinal);

        Assert.That(Faults(wrong.ToJsonString()), Has.Some.EqualTo("max-missing #/extension/0/valueString"));
        wrong["extension"]![0]!["valueString"] = "{";
        Assert.That(Faults(wrong.ToJsonString()), Is.EqualTo(["unreadable #/extension/0/valueString"]));
    }

    [TestCase("ordinalValue")]
    [TestCase("itemWeight")]
    public void A_foreign_questionnaire_becomes_a_sum_of_its_scored_items(string extension)
    {
        var (instrument, faults) = FromQuestionnaire.Read(Parsed($$"""
            { "resourceType": "Questionnaire", "title": "Zufriedenheit", "name": "Zufriedenheit-Kurz", "language": "de", "item": [
              { "linkId": "g", "type": "group", "item": [
                { "linkId": "g.1", "text": "Ich bin zufrieden.", "type": "choice", "answerOption": [
                  { "valueCoding": { "display": "nein", "extension": [ { "url": "http://hl7.org/fhir/StructureDefinition/{{extension}}", "valueDecimal": 1 } ] } },
                  { "valueString": "ja", "extension": [ { "url": "http://hl7.org/fhir/StructureDefinition/{{extension}}", "valueDecimal": 4 } ] } ] },
                { "linkId": "g.2", "text": "Hinweis", "type": "display" } ] },
              { "linkId": "why", "text": "Warum?", "type": "text" },
              { "linkId": "sex", "text": "Noch etwas?", "type": "boolean" } ] }
            """));

        Assert.That(faults, Is.Empty);
        Assert.That(instrument!.Code, Is.EqualTo("own-zufriedenheit-kurz"));
        Assert.That(instrument.Items.Select(item => item.Number), Is.EqualTo(["g.1"]));
        Assert.That(instrument.ExtraItems.Select(item => item.Number), Is.EqualTo(["why", "sex"]));
        Assert.That((instrument.Total!.Range, instrument.Total.Bands), Is.EqualTo((new ScoreRange(1, 4), (SeverityBands?)null)));
        Assert.That(instrument.Sensitivities, Has.Count.EqualTo(10), "nobody has said what may be left open");
        Assert.That(Again(instrument), Is.EqualTo(instrument.ToJson()));
    }

    [TestCase("""{ "linkId": "1", "type": "choice", "enableWhen": [] }""", "not-convertible #/item/0/enableWhen", "no-scores #/item")]
    [TestCase("""{ "linkId": "1", "type": "choice", "answerValueSet": "x" }""", "not-convertible #/item/0/answerValueSet")]
    [TestCase("""{ "linkId": "1", "type": "string", "repeats": true }""", "not-convertible #/item/0/repeats")]
    [TestCase("""{ "linkId": "1", "type": "attachment" }""", "not-convertible #/item/0/type")]
    [TestCase("""{ "linkId": 1, "type": "choice" }""", "required #/item/0/linkId")]
    [TestCase("7", "wrong-type #/item/0")]
    [TestCase("""{ "linkId": "1", "type": "text" }""", "no-scores #/item")]
    [TestCase("""{ "linkId": "1", "type": "choice", "answerOption": [ { "extension": [ { "url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": "1" } ] } ] }""",
        "wrong-type #/item/0/answerOption/0/extension/0/valueDecimal")]
    [TestCase("""{ "linkId": "1", "type": "choice", "answerOption": [ { "valueString": "a" }, { "valueString": "b", "extension": [ { "url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 1 } ] } ] }""",
        "not-convertible #/item/0/answerOption")]
    public void What_cannot_be_carried_over_is_named_with_its_place(string item, params string[] expected) =>
        Assert.That(Faults($$"""{ "resourceType": "Questionnaire", "item": [ {{item}} ] }"""), Is.EqualTo(expected.Take(1)));

    private static Instrument Made(int items, int options, decimal weight, bool[] reversed, string words)
    {
        var name = JsonSerializer.Serialize(words);
        var numbers = Enumerable.Range(1, items).ToList();
        var highest = (items - 1 + weight) * (options - 1);
        var parsed = Instrument.Parse($$"""
            { "code": "own-any", "version": "{{items}}", "name": {{name}}, "domains": [], "sensitivities": [], "recall": {{name}}, "higherIs": "neutral",
              "answerSets": { {{name}}: { "status": "unconfirmed", "options": [
                {{string.Join(", ", Enumerable.Range(0, options).Select(value => $$"""{ "value": {{value}}, "label": {{name}} }"""))}} ] } },
              "items": [ {{string.Join(", ", numbers.Select(number =>
                  $$"""{ "number": "{{number}}", "topic": {{name}}, "answers": {{name}}, "reverse": {{(reversed[number - 1] ? "true" : "false")}} }"""))}} ],
              "total": { "code": "total", "items": [ {{string.Join(", ", numbers.Select(number => $"\"{number}\""))}} ],
                "weights": { "1": {{Text(weight)}} }, "range": { "min": 0, "max": {{Text(highest)}} },
                "bands": { "status": "unconfirmed", "compare": "exact", "ranges": [
                  { "code": "low", "label": "low", "min": 0, "below": {{Text(highest / 2)}} }, { "code": "high", "label": "high", "min": {{Text(highest / 2)}}, "max": {{Text(highest)}} } ] } },
              "missing": { "maxMissing": 0, "status": "unconfirmed" }, "loinc": { "status": "unconfirmed" },
              "licence": { "status": "own", "holder": {{name}}, "terms": "", "shipItemText": "no", "confidence": "unconfirmed" }, "citation": { "text": "" } }
            """);
        Assert.That(parsed.Faults, Is.Empty);
        return parsed.Instrument!;
    }

    private static string Text(decimal value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Again(Instrument instrument)
    {
        var (again, faults) = FromQuestionnaire.Read(Parsed(ToQuestionnaire.Write(instrument)));
        Assert.That(faults, Is.Empty);
        return again!.ToJson();
    }

    private static Instrument Read(string definition) => Instrument.Parse(definition).Instrument!;

    private static IEnumerable<string> Faults(string questionnaire) =>
        FromQuestionnaire.Read(Parsed(questionnaire)).Faults.Select(fault => $"{fault.Code} {fault.Pointer}");

    private static JsonElement Parsed(string json) => JsonDocument.Parse(json).RootElement;
}
