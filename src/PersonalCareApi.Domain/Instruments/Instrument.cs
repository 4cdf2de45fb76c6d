using System.Text.Json;
using System.Text.Json.Serialization;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Domain.Instruments;

/// <summary>A published questionnaire with its scoring key, as data: everything that is known of it, with status and source.</summary>
/// <remarks>
/// What scores has been checked: <see cref="Parse"/> gives no other, and one read from a request is checked as that is. A definition that was scored with is never
/// changed: a correction is a new <see cref="Version"/>.
/// </remarks>
public sealed record Instrument
{
    /// <summary>A whole definition, as short as one can be.</summary>
    public const string Example = """
        { "code": "own-sleep", "version": "1", "name": "Sleep in brief", "domains": [ "symptoms.sleep" ], "sensitivities": [ "PSY" ],
          "recall": "1 week", "higherIs": "worse",
          "answerSets": { "agreement": { "status": "unconfirmed", "options": [
            { "value": 0, "label": "no" }, { "value": 1, "label": "in part" }, { "value": 2, "label": "yes" } ] } },
          "items": [ { "number": "1", "topic": "falling asleep", "answers": "agreement" },
            { "number": "2", "topic": "rested", "answers": "agreement", "reverse": true } ],
          "total": { "code": "total", "items": [ "1", "2" ], "range": { "min": 0, "max": 4 },
            "bands": { "status": "unconfirmed", "ranges": [
              { "code": "low", "label": "low", "min": 0, "max": 1 }, { "code": "high", "label": "high", "min": 2, "max": 4 } ] } },
          "missing": { "maxMissing": 0, "status": "unconfirmed" }, "loinc": { "status": "unconfirmed" },
          "licence": { "status": "own", "holder": "Harbour Practice", "terms": "for our clients", "shipItemText": "no", "confidence": "unconfirmed" },
          "citation": { "text": "Harbour Practice 2026" } }
        """;

    /// <summary>The lower-case code it is asked for by: <c>phq-9</c>.</summary>
    public required string Code { get; init; }

    /// <summary>The version of the definition, a whole number as text: <c>1</c>.</summary>
    public required string Version { get; init; }

    public required string Name { get; init; }

    public string? ShortName { get; init; }

    /// <summary>What it measures: <c>symptoms.depression</c>.</summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>The HL7 labels that the server stamps on every assessment made with it.</summary>
    public required IReadOnlyList<string> Sensitivities { get; init; }

    /// <summary>The time the items ask about: <c>2 weeks</c>.</summary>
    public required string Recall { get; init; }

    public required HigherIs HigherIs { get; init; }

    /// <summary>False for an instrument that a site must hold a licence for before it switches it on.</summary>
    public bool EnabledByDefault { get; init; } = true;

    /// <summary>The answer sets, by the name that items use.</summary>
    public IReadOnlyDictionary<string, AnswerSet> AnswerSets { get; init; } = new Dictionary<string, AnswerSet>();

    public required IReadOnlyList<InstrumentItem> Items { get; init; }

    /// <summary>Items asked beside the instrument that no scale counts.</summary>
    public IReadOnlyList<InstrumentItem> ExtraItems { get; init; } = [];

    public IReadOnlyList<InstrumentHeading> Headings { get; init; } = [];

    public IReadOnlyList<InstrumentLanguage> Languages { get; init; } = [];

    /// <summary>Null for an instrument of several scales, or one that is not scored.</summary>
    public Scale? Total { get; init; }

    public IReadOnlyList<Scale> Subscales { get; init; } = [];

    public required MissingRule Missing { get; init; }

    /// <summary>Applied in this order; a later rule sees what an earlier one filled in.</summary>
    public IReadOnlyList<SkipRule> Skips { get; init; } = [];

    public IReadOnlyList<Cutoff> Cutoffs { get; init; } = [];

    public IReadOnlyList<Algorithm> Algorithms { get; init; } = [];

    public IReadOnlyList<CriticalItem> Critical { get; init; } = [];

    public ChangeFacts Change { get; init; } = new();

    public required LoincFacts Loinc { get; init; }

    public required Licence Licence { get; init; }

    public required Citation Citation { get; init; }

    /// <summary>Material that bears on the definition as a whole.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Mistakes seen in public material, so that nobody repeats them.</summary>
    public IReadOnlyList<string> Traps { get; init; } = [];

    public IReadOnlyList<InstrumentNote> Notes { get; init; } = [];

    /// <summary><see cref="Sensitivities"/> as the consent engine takes them.</summary>
    [JsonIgnore]
    public Sensitivity Labels => Sensitivities.Aggregate(
        Sensitivity.None,
        (all, code) => all | (Access.Sensitivities.TryParse(code, out var label) ? label : Sensitivity.Unknown));

    /// <summary>The total, if there is one, and the subscales.</summary>
    [JsonIgnore]
    public IEnumerable<Scale> Scales => Total is null ? Subscales : Subscales.Prepend(Total);

    /// <summary>An item or extra item by its exact number.</summary>
    public InstrumentItem? Item(string number) => In(Items, number) ?? In(ExtraItems, number);

    // By index and not by LINQ: scoring asks for an item several times for each answer.
    private static InstrumentItem? In(IReadOnlyList<InstrumentItem> items, string number)
    {
        for (var place = 0; place < items.Count; place++)
        {
            if (items[place].Number == number)
            {
                return items[place];
            }
        }

        return null;
    }

    /// <summary>The options of an item, or null for an item answered in free text.</summary>
    public AnswerSet? AnswersOf(InstrumentItem item) => item.Answers is null ? null : AnswerSets[item.Answers];

    /// <summary>The lowest and highest plain sum or mean that a scale's items allow, before <see cref="Scale.Multiply"/>.</summary>
    internal ScoreRange Possible(Scale scale, ScaleMethod method)
    {
        var ends = scale.Items.Select(number => (Weight: scale.Weight(number), Answers: AnswersOf(Item(number)!)!)).ToList();
        var divisor = method == ScaleMethod.Mean ? ends.Sum(end => end.Weight) : 1;
        return new ScoreRange(
            ends.Sum(end => end.Weight * end.Answers.Lowest) / divisor,
            ends.Sum(end => end.Weight * end.Answers.Highest) / divisor);
    }

    /// <summary>Reads a definition and checks it; whatever is wrong is named, all of it at once.</summary>
    /// <remarks>
    /// JSON that does not fit the model at all is one fault, <c>unreadable</c>: nothing more can be said of it. Its detail is
    /// the serializer's and names types; it is for whoever runs the program, not for a caller.
    /// </remarks>
    public static ParsedInstrument Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using var document = JsonDocument.Parse(json);
            var nulls = Nulls(document.RootElement, "#").ToList();
            if (nulls.Count > 0)
            {
                return new ParsedInstrument(null, nulls);
            }

            var instrument = JsonSerializer.Deserialize<Instrument>(json, Json)!;
            var faults = InstrumentCheck.Faults(instrument);
            return new ParsedInstrument(faults.Count == 0 ? instrument : null, faults);
        }
        catch (JsonException unreadable)
        {
            return new ParsedInstrument(null, [new InstrumentFault("unreadable", "#", $"{unreadable.Path}: {unreadable.Message}")]);
        }
    }

    /// <summary>Reads a definition that was checked when it was taken, without checking it again.</summary>
    public static Instrument Reread(string json) => JsonSerializer.Deserialize<Instrument>(json, Json)!;

    /// <summary>Everything wrong with a definition that was read by other means; none for one that <see cref="Parse"/> gave.</summary>
    public IReadOnlyList<InstrumentFault> Faults() => InstrumentCheck.Faults(this);

    /// <summary>The definition as <see cref="Parse"/> takes it; read and written again it is the same text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    internal JsonElement ToJsonElement() => JsonSerializer.SerializeToElement(this, Json);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,

        // Parse takes no null: what is not known is left out.
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    // The serializer checks members for null, but not what lies in lists and dictionaries.
    private static IEnumerable<InstrumentFault> Nulls(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Null => [new InstrumentFault("null-member", path, "Leave a member out instead of giving null.")],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Nulls(member.Value, Place.Within(path, member.Name))),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((member, index) => Nulls(member, Place.Within(path, index))),
        _ => [],
    };
}

/// <summary>One thing wrong with a definition.</summary>
/// <param name="Code">The rule it breaks: <c>band-gap</c>.</param>
/// <param name="Where">A JSON pointer to the member concerned, in its fragment form.</param>
/// <param name="Detail">A sentence for whoever writes definitions.</param>
public sealed record InstrumentFault(string Code, string Where, string Detail)
{
    public override string ToString() => $"{Code} at {Where}: {Detail}";
}

/// <summary>A checked instrument, or every fault that was found; never both.</summary>
public sealed record ParsedInstrument(Instrument? Instrument, IReadOnlyList<InstrumentFault> Faults);
