using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Reference.Instruments;

/// <summary>A FHIR R4 Questionnaire read as an instrument, or everything that stands against it with its place.</summary>
/// <remarks>
/// One with our extension becomes the definition in it, and must still ask what that asks. Any other becomes the sum of its scored
/// items. What would change a score and has no counterpart here is a fault, never left out; what does not (groups, hints) is.
/// </remarks>
internal sealed partial class FromQuestionnaire
{
    private const string NotStated = "not stated";

    /// <summary>Members of an item that decide whether and how often it is asked, or what may be answered.</summary>
    private static readonly string[] NotCarried = ["enableWhen", "answerValueSet", "modifierExtension"];

    /// <summary>Questions without options, which are answered in words here.</summary>
    private static readonly string[] InWords = ["string", "text", "integer", "decimal", "date", "dateTime", "time", "url"];

    private readonly List<Fault> faults = [];
    private readonly List<Question> questions = [];

    /// <summary>One question as it was read; its options are scored all, or none.</summary>
    private sealed record Question(string LinkId, string Text, IReadOnlyList<Option> Options, bool Scored);

    private sealed record Option(decimal Score, string Label);

    public static (Instrument? Instrument, IReadOnlyList<Fault> Faults) Read(JsonElement questionnaire)
    {
        if (questionnaire.ValueKind != JsonValueKind.Object || Text(questionnaire, "resourceType") != "Questionnaire")
        {
            return (null, [Fault.InBody("#/resourceType", FaultCodes.UnknownValue, "Must be Questionnaire.")]);
        }

        foreach (var (extension, at) in Members(questionnaire, "extension", JsonPointer.Root))
        {
            if (Text(extension, "url") == ToQuestionnaire.DefinitionUrl)
            {
                return Carried(questionnaire, Text(extension, "valueString") ?? "", at.Member("valueString"));
            }
        }

        var reading = new FromQuestionnaire();
        reading.Refuse(questionnaire, JsonPointer.Root, "modifierExtension");
        reading.Ask(questionnaire, JsonPointer.Root);
        return reading.Summed(questionnaire);
    }

    private static (Instrument? Instrument, IReadOnlyList<Fault> Faults) Carried(JsonElement questionnaire, string definition, JsonPointer at)
    {
        var parsed = Instrument.Parse(definition);
        if (parsed.Instrument is not { } instrument)
        {
            // An unreadable one is told of by the serializer, in words that are not for callers.
            return (null, [.. parsed.Faults.Select(fault => Fault.InBody(
                at.ToString(), fault.Code, fault.Code == "unreadable" ? "Is no definition." : $"{fault.Where}: {fault.Detail}"))]);
        }

        using var expected = JsonDocument.Parse(ToQuestionnaire.Items(instrument).ToJsonString(Pipeline.Json.Options));
        return questionnaire.TryGetProperty("item", out var items) && JsonElement.DeepEquals(items, expected.RootElement)
            ? (instrument, [])
            : (null, [Fault.InBody("#/item", "questionnaire-changed",
                "The items are not those of the definition in the extension. Change the definition, or leave the extension out.")]);
    }

    /// <summary>Reads the items of a Questionnaire or an item, and those within.</summary>
    private void Ask(JsonElement holder, JsonPointer at)
    {
        foreach (var (item, place) in Members(holder, "item", at))
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                faults.Add(Fault.InBody(place.ToString(), FaultCodes.WrongType, "Must be an object."));
                continue;
            }

            Refuse(item, place, NotCarried);
            if (item.TryGetProperty("repeats", out var repeats) && repeats.ValueKind == JsonValueKind.True)
            {
                Add(place.Member("repeats"), "not-convertible", "An item is answered once here.");
            }

            if (Text(item, "type") is not ("group" or "display"))
            {
                AskOne(item, place);
            }

            Ask(item, place);
        }
    }

    private void AskOne(JsonElement item, JsonPointer at)
    {
        var linkId = Text(item, "linkId");
        if (string.IsNullOrWhiteSpace(linkId))
        {
            Add(at.Member("linkId"), FaultCodes.Required, "Must be given, as text.");
            return;
        }

        var type = Text(item, "type");
        var text = Text(item, "text") is { } given && !string.IsNullOrWhiteSpace(given) ? given : linkId;
        if (InWords.Contains(type))
        {
            questions.Add(new Question(linkId, text, [], false));
        }
        else if (type == "boolean")
        {
            questions.Add(new Question(linkId, text, [new Option(0, "no"), new Option(1, "yes")], false));
        }
        else if (type is "choice" or "open-choice")
        {
            Choice(item, at, linkId, text);
        }
        else
        {
            Add(at.Member("type"), "not-convertible", "There is no item of this type here.");
        }
    }

    private void Choice(JsonElement item, JsonPointer at, string linkId, string text)
    {
        List<(decimal? Score, string Label)> options = [];
        foreach (var (option, place) in Members(item, "answerOption", at))
        {
            var score = Score(option, place);
            options.Add((score, Label(option) ?? FormattableString.Invariant($"{score ?? options.Count}")));
        }

        var scored = options.Count(option => option.Score is not null);
        if (scored > 0 && scored < options.Count)
        {
            Add(at.Member("answerOption"), "not-convertible", "Either every option of an item has a score, or none.");
            return;
        }

        // Of an item that nothing counts, the values only tell the options apart.
        questions.Add(new Question(linkId, text, [.. options.Select((option, place) => new Option(option.Score ?? place, option.Label))], scored > 0));
    }

    /// <summary>The score on an option, or on its value: both are in use.</summary>
    private decimal? Score(JsonElement option, JsonPointer at)
    {
        IEnumerable<(JsonElement Holder, JsonPointer At)> holders = option.ValueKind == JsonValueKind.Object
            ? option.EnumerateObject().Where(member => member.Name == "valueCoding").Select(member => (member.Value, at.Member(member.Name))).Prepend((option, at))
            : [];
        foreach (var (extension, place) in holders.SelectMany(holder => Members(holder.Holder, "extension", holder.At)))
        {
            if (Text(extension, "url") is ToQuestionnaire.OrdinalValueUrl or ToQuestionnaire.ItemWeightUrl)
            {
                if (extension.TryGetProperty("valueDecimal", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var score))
                {
                    return score;
                }

                Add(place.Member("valueDecimal"), FaultCodes.WrongType, "Must be a number.");
            }
        }

        return null;
    }

    private static string? Label(JsonElement option)
    {
        var label = option.ValueKind != JsonValueKind.Object ? null
            : option.TryGetProperty("valueCoding", out var coding) ? Text(coding, "display") ?? Text(coding, "code")
            : option.TryGetProperty("valueInteger", out var number) ? number.ToString()
            : Text(option, "valueString") ?? Text(option, "valueDate") ?? Text(option, "valueTime");
        return string.IsNullOrWhiteSpace(label) ? null : label;
    }

    private (Instrument? Instrument, IReadOnlyList<Fault> Faults) Summed(JsonElement questionnaire)
    {
        var scored = questions.Where(question => question.Scored).ToList();
        if (faults.Count == 0 && scored.Count == 0)
        {
            Add(JsonPointer.Root.Member("item"), "no-scores", "No item has options with scores.");
        }

        if (faults.Count > 0)
        {
            return (null, faults);
        }

        var title = Text(questionnaire, "title") ?? Text(questionnaire, "name") ?? "Questionnaire";
        var language = Text(questionnaire, "language") ?? "und";
        var holder = Text(questionnaire, "publisher") ?? NotStated;
        var source = Text(questionnaire, "url") ?? title;
        var sets = questions.Where(question => question.Options.Count > 0).Select(question => question.Options)
            .DistinctBy(NameOf).Select((options, place) => (Name: $"answers-{place + 1}", Options: options)).ToList();
        var names = sets.ToDictionary(set => NameOf(set.Options), set => set.Name);
        var instrument = new Instrument
        {
            Code = CodeOf(Text(questionnaire, "name") ?? title),
            Version = "1",
            Name = title,
            Domains = [],

            // Whose consent reaches the assessments hangs on these, so what nobody has looked at is closed as far as can be.
            Sensitivities = Sensitivities.Known.Codes(),
            Recall = NotStated,
            HigherIs = HigherIs.Neutral,
            AnswerSets = sets.ToDictionary(set => set.Name, set => new AnswerSet
            {
                Options = [.. set.Options.Select(option => new AnswerOption { Value = option.Score, Label = option.Label, Text = In(language, option.Label) })],
                Status = FactStatus.Unconfirmed,
            }),
            Items = [.. scored.Select(ToItem)],
            ExtraItems = [.. questions.Where(question => !question.Scored).Select(ToItem)],
            Languages = [new InstrumentLanguage { Tag = language, Attribution = holder, TextSource = source, Status = FactStatus.Unconfirmed }],
            Total = new Scale
            {
                Code = Scale.TotalCode,
                Items = [.. scored.Select(question => question.LinkId)],
                Range = new ScoreRange(scored.Sum(question => question.Options.Min(Score)), scored.Sum(question => question.Options.Max(Score))),
            },
            Missing = new MissingRule { MaxMissing = 0, Status = FactStatus.Unconfirmed },
            Loinc = new LoincFacts { Status = FactStatus.Unconfirmed },
            Licence = new Licence
            {
                Status = NotStated,
                Holder = holder,
                Terms = Text(questionnaire, "copyright") ?? NotStated,
                ShipItemText = ShipItemText.Yes,
                Confidence = FactStatus.Unconfirmed,
            },
            Citation = new Citation { Text = source },
        };
        var wrong = instrument.Faults();
        return wrong.Count == 0
            ? (instrument, [])
            : (null, [.. wrong.Select(fault => Fault.InBody("#", fault.Code, $"In the definition it becomes, {fault.Where}: {fault.Detail}"))]);

        InstrumentItem ToItem(Question question) => new()
        {
            Number = question.LinkId,
            Topic = question.Text.Length > MostOfTopic ? question.Text[..MostOfTopic] + "…" : question.Text,
            Answers = question.Options.Count > 0 ? names[NameOf(question.Options)] : null,
            Text = In(language, question.Text),
        };

        static decimal Score(Option option) => option.Score;
    }

    private const int MostOfTopic = 60;

    private static Dictionary<string, string> In(string language, string text) => new() { [language] = text };

    /// <summary>What two items have in common that share an answer set.</summary>
    private static string NameOf(IReadOnlyList<Option> options) =>
        string.Join('\n', options.Select(option => FormattableString.Invariant($"{option.Score} {option.Label}")));

    private static string CodeOf(string name)
    {
        const int most = 60;
        var words = string.Join('-', AsciiWord().Matches(name.ToLower(CultureInfo.InvariantCulture)).Select(word => word.Value));
        return InstrumentShelf.OwnPrefix + (words.Length == 0 ? "questionnaire" : words.Length > most ? words[..most].TrimEnd('-') : words);
    }

    private void Refuse(JsonElement holder, JsonPointer at, params IEnumerable<string> members)
    {
        foreach (var name in members.Where(name => holder.TryGetProperty(name, out _)))
        {
            Add(at.Member(name), "not-convertible", "This has no counterpart here, and without it the answers would mean something else.");
        }
    }

    private void Add(JsonPointer at, string code, string detail) => faults.Add(Fault.InBody(at.ToString(), code, detail));

    /// <summary>The members of a list that may be absent; something else in its place has none.</summary>
    private static IEnumerable<(JsonElement Value, JsonPointer At)> Members(JsonElement holder, string name, JsonPointer at) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select((member, index) => (member, at.Member(name).Item(index)))
            : [];

    private static string? Text(JsonElement holder, string name) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    [GeneratedRegex("[a-z0-9]+")]
    private static partial Regex AsciiWord();
}
