using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Metadata;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Reference.Instruments;

/// <summary>A FHIR R4 Questionnaire, with all members that FHIR gives it.</summary>
internal sealed record FhirQuestionnaire
{
    public const string Example = """
        { "resourceType": "Questionnaire", "name": "SleepBrief", "title": "Sleep in brief", "status": "active", "language": "en",
          "publisher": "Harbour Practice", "item": [
            { "linkId": "1", "text": "I slept badly.", "type": "choice", "answerOption": [
              { "valueCoding": { "code": "n", "display": "no" },
                "extension": [ { "url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 0 } ] },
              { "valueCoding": { "code": "y", "display": "yes" },
                "extension": [ { "url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 1 } ] } ] } ] }
        """;

    [AllowedValues("Questionnaire")]
    public required string ResourceType { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Members { get; init; }
}

/// <summary>A FHIR resource as it was sent, as JSON without duplicate members and with text that can be kept; or the refusal.</summary>
/// <remarks>Not a contract type: a Questionnaire may hold any of FHIR's members, most of which nothing here reads.</remarks>
internal sealed class QuestionnaireBody : IBoundInput, IBindableFromHttpContext<QuestionnaireBody>, IEndpointParameterMetadataProvider
{
    private QuestionnaireBody(JsonElement questionnaire, ReadOnlyMemory<byte> raw, Problem? refusal) =>
        (Questionnaire, Raw, Refusal) = (questionnaire, raw, refusal);

    public JsonElement Questionnaire { get; }

    public ReadOnlyMemory<byte> Raw { get; }

    public Problem? Refusal { get; }

    public static async ValueTask<QuestionnaireBody?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var (body, document) = await RequestBody.ReadJson(context, MediaTypes.Fhir);
        using (document)
        {
            if (document is null)
            {
                return new(default, body.Raw, body.Refusal);
            }

            var faults = Contract.Read<JsonElement>(document.RootElement, out var questionnaire);
            return new(questionnaire, body.Raw, faults.Count == 0 ? null : Problems.Invalid(faults));
        }
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new TakesBody(typeof(FhirQuestionnaire), MediaTypes.Fhir));
}
