using System.Text.Json;
using System.Text.Json.Nodes;
using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Reference.Instruments;

/// <summary>An instrument as a FHIR R4 Questionnaire: what FHIR can say in its own members, and the whole of it in one extension.</summary>
internal static class ToQuestionnaire
{
    /// <summary>Holds the definition, as this API takes it, in <c>valueString</c>: FHIR has no place for bands, subscales or reversal.</summary>
    public const string DefinitionUrl = "urn:uuid:5f0d7c1e-3f5b-4f0e-9a44-6c6c1f7b2a10";

    /// <summary>The score of an option, in R4.</summary>
    public const string OrdinalValueUrl = "http://hl7.org/fhir/StructureDefinition/ordinalValue";

    /// <summary>The same since R5.</summary>
    public const string ItemWeightUrl = "http://hl7.org/fhir/StructureDefinition/itemWeight";

    private const string Loinc = "http://loinc.org";

    public static string Write(Instrument instrument)
    {
        var questionnaire = new JsonObject
        {
            ["resourceType"] = "Questionnaire",
            ["extension"] = new JsonArray(new JsonObject { ["url"] = DefinitionUrl, ["valueString"] = instrument.ToJson() }),
            ["identifier"] = new JsonArray(new JsonObject { ["value"] = instrument.Code }),
            ["version"] = instrument.Version,
            ["title"] = instrument.Name,
            ["status"] = "active",
            ["subjectType"] = new JsonArray("Patient"),
            ["publisher"] = instrument.Licence.Holder,
            ["copyright"] = instrument.Licence.Terms,
            ["code"] = instrument.Loinc.Panel is { } panel ? new JsonArray(Coding(Loinc, panel, instrument.Loinc.PanelName)) : null,
            ["item"] = Items(instrument),
        };
        return WithoutNothing(questionnaire).ToJsonString(Pipeline.Json.Options);
    }

    /// <summary>The items, extra ones last: each with its options and their scores.</summary>
    public static JsonArray Items(Instrument instrument)
    {
        var language = instrument.Languages.Select(language => language.Tag).FirstOrDefault() ?? "";
        return
        [
            .. instrument.Items.Concat(instrument.ExtraItems).Select(JsonNode (item) => WithoutNothing(new JsonObject
            {
                ["linkId"] = item.Number,
                ["code"] = item.Loinc is { } code ? new JsonArray(Coding(Loinc, code, null)) : null,
                ["text"] = item.Text.GetValueOrDefault(language) ?? item.Topic,
                ["type"] = item.Answers is null ? "text" : "choice",
                ["answerOption"] = instrument.AnswersOf(item) is { } answers
                    ? new JsonArray([.. answers.Options.Select(option => Option(option, language))])
                    : null,
            })),
        ];
    }

    private static JsonObject Option(AnswerOption option, string language)
    {
        var label = option.Text.GetValueOrDefault(language) ?? option.Label;
        var coding = option.Loinc is { } code
            ? Coding(Loinc, code, label)
            : Coding(null, FormattableString.Invariant($"{option.Value}"), label);
        coding["extension"] = new JsonArray(new JsonObject { ["url"] = OrdinalValueUrl, ["valueDecimal"] = option.Value });
        return new JsonObject { ["valueCoding"] = coding };
    }

    private static JsonObject Coding(string? system, string code, string? display) =>
        WithoutNothing(new JsonObject { ["system"] = system, ["code"] = code, ["display"] = display });

    /// <summary>FHIR knows neither null nor empty text.</summary>
    private static JsonObject WithoutNothing(JsonObject members)
    {
        foreach (var name in members.Where(member => member.Value is null
            || (member.Value.GetValueKind() == JsonValueKind.String && string.IsNullOrWhiteSpace(member.Value.GetValue<string>()))).Select(member => member.Key).ToList())
        {
            members.Remove(name);
        }

        return members;
    }
}
