using FluentValidation;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.SessionNotes;

/// <summary>The modalities that a note may name.</summary>
internal static class ModalityCodes
{
    public static IReadOnlyList<string> All { get; } =
    [
        "cbt", "gsh", "ba", "dbt", "psychodynamic", "person-centred", "gestalt", "narrative", "sfbt", "art", "expressive-writing",
        "mbct", "act", "emdr", "ipt", "biofeedback",
    ];

    public static IRuleBuilderOptions<T, string> Modality<T>(this IRuleBuilder<T, string> rule) => rule.OneOf(All);
}
