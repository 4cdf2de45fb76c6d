using System.Globalization;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Rendering.Pages;

/// <summary>The codes of consents in words that need no explaining. A code that has none is shown as it is.</summary>
internal static class PlainWords
{
    public static string Category(string code) => code == "all"
        ? "everything but your therapist's private notes"
        : !DataCategories.TryParse(code, out var category) ? code : category switch
        {
            DataCategory.Demographics => "who you are: name, date of birth and the like",
            DataCategory.Profile => "your profile: your history, what burdens you and what helps you",
            DataCategory.Assessments => "questionnaires that you answered, and their results",
            DataCategory.Goals => "your goals",
            DataCategory.Plans => "your plan and exercises",
            DataCategory.SessionNotes => "notes of your sessions",
            DataCategory.ProcessNotes => "your therapist's private notes",
            DataCategory.Journal => "your journal",
            DataCategory.Measurements => "measurements from your devices",
            DataCategory.Genetics => "genetic results",
            DataCategory.Consents => "your consents",
            DataCategory.AccessHistory => "who has looked at your record",
            _ => throw new ArgumentOutOfRangeException(nameof(code), code, "Not a category."),
        };

    public static string Action(string code) => !DataActions.TryParse(code, out var action) ? code : action switch
    {
        DataAction.Read => "see it",
        DataAction.Write => "add to it and change it",
        DataAction.Share => "give it to somebody outside",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "Not an action."),
    };

    public static string Purpose(string code) => code switch
    {
        "TREAT" => "your treatment, emergencies included",
        "ETREAT" => "your treatment in an emergency",
        "BTG" => "emergencies in which nobody can ask you",
        "COC" => "those who treat you working together",
        "HPAYMT" => "paying for your care",
        "HOPERAT" => "running the service",
        "HRESCH" => "research, clinical trials included",
        "HMARKT" => "marketing",
        "PATRQT" => "what you ask for yourself",
        _ => PurposeOfUse.TryParse(code, out var purpose) ? purpose.Display : code,
    };

    public static string Label(string code) => code switch
    {
        "PSY" => "mental health",
        "PSYTHPN" => "private notes of therapy",
        "ETH" => "alcohol and drugs",
        "SUD" => "addiction",
        "ETHUD" => "addiction to alcohol",
        "OPIOIDUD" => "addiction to opioids",
        "GDIS" => "genetic conditions",
        "SDV" => "sexual assault, abuse and domestic violence",
        "HIV" => "HIV",
        "SEX" => "sexuality and reproduction",
        _ => code,
    };

    public static string Method(string code) => code switch
    {
        "electronic-signature" => "signed in the app",
        "signed-document" => "signed on paper",
        "recorded-statement" => "said, and recorded",
        "verbal" => "said",
        _ => code,
    };

    public static string Instant(DateTimeOffset instant) =>
        instant.ToUniversalTime().ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public static string Period(DateTimeOffset? from, DateTimeOffset? until) => (from, until) switch
    {
        ({ } first, { } last) => $"from {Instant(first)} until {Instant(last)}",
        ({ } first, null) => $"from {Instant(first)} on",
        (null, { } last) => $"until {Instant(last)}",
        _ => "",
    };
}
