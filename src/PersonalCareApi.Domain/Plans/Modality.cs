using System.Text.Json;
using System.Text.RegularExpressions;
using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Plans;

/// <summary>A therapeutic approach, as data: what it does, for what guidelines name it, and how sure each of that is.</summary>
/// <remarks>It comes from <see cref="Parse"/> only, so one that exists has been checked.</remarks>
public sealed partial record Modality
{
    /// <summary>The lower-case code it is asked for by: <c>cbt</c>.</summary>
    public required string Code { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<string> Techniques { get; init; }

    public required IReadOnlyList<Indication> Indications { get; init; }

    /// <summary>When to be careful, adapt, or choose otherwise.</summary>
    public required IReadOnlyList<string> Cautions { get; init; }

    /// <summary>How many sessions are usual.</summary>
    public required IReadOnlyList<UsualSessions> Sessions { get; init; }

    public required PreferenceFit PreferenceFit { get; init; }

    /// <summary>Material that bears on the modality as a whole.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Reads a definition and checks it; whatever is wrong is named, all of it at once.</summary>
    public static ParsedModality Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            var modality = JsonSerializer.Deserialize<Modality>(json, Json) ?? throw new JsonException("It is null.");
            List<ModalityFault> faults = [.. Blanks(modality)];
            if (faults.Count == 0)
            {
                faults.AddRange(Faults(modality));
            }

            return new ParsedModality(faults.Count == 0 ? modality : null, faults);
        }
        catch (JsonException unreadable)
        {
            return new ParsedModality(null, [new ModalityFault("unreadable", unreadable.Path ?? "$", unreadable.Message)]);
        }
    }

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    /// <summary>What says nothing. The serializer checks members for null, but not what lies in lists.</summary>
    private static IEnumerable<ModalityFault> Blanks(Modality modality)
    {
        var fit = modality.PreferenceFit;
        (string Where, IEnumerable<string?> Words)[] words =
        [
            ("name", [modality.Name]),
            ("techniques", modality.Techniques),
            ("indications", modality.Indications.SelectMany(one => new[] { one?.Problem, one?.Guideline, one?.Strength })),
            ("cautions", modality.Cautions),
            ("sessions", modality.Sessions.SelectMany(one => new[] { one?.For, one?.Sessions, one is null ? null : one.Source ?? "none" })),
            ("preferenceFit", [fit.Directiveness, fit.EmotionalIntensity, fit.Time, fit.Stance, fit.Medium, fit.Style]),
            ("sources", modality.Sources),
        ];
        return words.Where(one => one.Words.Any(string.IsNullOrWhiteSpace))
            .Select(one => new ModalityFault("blank", one.Where, "Says nothing where it must say something."));
    }

    private static IEnumerable<ModalityFault> Faults(Modality modality)
    {
        if (!CodeForm().IsMatch(modality.Code))
        {
            yield return new("code", modality.Code, "A code has 1 to 64 lower-case letters, digits and hyphens.");
        }

        if (modality.Techniques.Count == 0)
        {
            yield return new("no-techniques", "techniques", "A modality has techniques.");
        }

        if (modality.Indications.Count == 0)
        {
            yield return new("no-indications", "indications", "A modality says for what it is, and how sure that is.");
        }

        foreach (var length in modality.Sessions.Where(one => one is { Status: FactStatus.Confirmed, Source: null }))
        {
            if (modality.Sources.Count == 0)
            {
                yield return new("confirmed-without-source", length.For, "What is confirmed was seen somewhere: name it here or in sources.");
            }
        }

        if (modality.PreferenceFit.Status != PreferenceFit.NotPublished)
        {
            yield return new("preference-fit-status", "preferenceFit", $"Must say \"{PreferenceFit.NotPublished}\": it is no published evidence.");
        }
    }

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex CodeForm();
}

/// <summary>A problem for which a guideline names the modality, or for which none does and it says so.</summary>
public sealed record Indication
{
    public required string Problem { get; init; }

    /// <summary>Where it is named; the fact's source.</summary>
    public required string Guideline { get; init; }

    /// <summary>How strongly, in the guideline's own words.</summary>
    public required string Strength { get; init; }

    public required FactStatus Status { get; init; }
}

/// <summary>How many sessions are usual for something.</summary>
public sealed record UsualSessions
{
    public required string For { get; init; }

    /// <summary>A number, a range or a rhythm, in words.</summary>
    public required string Sessions { get; init; }

    public required FactStatus Status { get; init; }

    /// <summary>The public material it was seen in, where it is not that of the whole modality.</summary>
    public string? Source { get; init; }
}

/// <summary>Whom the modality suits by what they prefer in therapy, on the poles of the C-NIP.</summary>
public sealed record PreferenceFit
{
    /// <summary>What <see cref="Status"/> always says.</summary>
    public const string NotPublished = "project mapping, not published";

    /// <summary>Who directs: <c>therapist</c> or <c>client</c>.</summary>
    public required string Directiveness { get; init; }

    public required string EmotionalIntensity { get; init; }

    /// <summary>What it looks at: past, present or future.</summary>
    public required string Time { get; init; }

    public required string Stance { get; init; }

    public required string Medium { get; init; }

    public required string Style { get; init; }

    public required string Status { get; init; }
}

/// <summary>One thing wrong with a definition.</summary>
/// <param name="Code">The rule it breaks: <c>no-techniques</c>.</param>
/// <param name="Where">The member or code concerned.</param>
/// <param name="Detail">A sentence for whoever writes definitions.</param>
public sealed record ModalityFault(string Code, string Where, string Detail)
{
    public override string ToString() => $"{Code} at {Where}: {Detail}";
}

/// <summary>A checked modality, or every fault that was found; never both.</summary>
public sealed record ParsedModality(Modality? Modality, IReadOnlyList<ModalityFault> Faults);
