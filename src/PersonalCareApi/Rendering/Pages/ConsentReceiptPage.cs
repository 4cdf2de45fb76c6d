using PersonalCareApi.Domain.Access;
using PersonalCareApi.Partners;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Consents;

namespace PersonalCareApi.Rendering.Pages;

/// <summary>What the receipt's page is told beside the receipt: the names behind its ids and codes.</summary>
internal sealed record ReceiptWords
{
    public required string Partner { get; init; }

    public required bool IsRepresentative { get; init; }

    /// <summary>Practitioners and applications as the partner registered them.</summary>
    public required IReadOnlyDictionary<Guid, string> Names { get; init; }

    /// <summary>The text that was shown; null where it is not one that the partner registered.</summary>
    public required WordingText? Shown { get; init; }

    /// <summary>The name of an instrument, or the part itself.</summary>
    public required Func<string, string> PartName { get; init; }
}

/// <summary>The receipt of a consent as a page for the client: who is allowed what, for what, until when, and how it ends.</summary>
internal static class ConsentReceiptPage
{
    public static string Render(ConsentReceipt receipt, ReceiptWords words)
    {
        var provisions = receipt.Consent.Provisions;
        var permits = provisions.Where(provision => provision.Effect == "permit").ToList();
        var denies = provisions.Where(provision => provision.Effect != "permit").ToList();
        return Layout.Page("Your consent", Markup.Join(
        [
            Markup.Of($"<h1>Your consent</h1>{State(receipt)}"),
            words.IsRepresentative
                ? Markup.Of($"<p class=\"quiet\">This page speaks to the person whose record it is, and whom you represent.</p>")
                : Markup.Nothing,
            Section("allowed", "What you allowed", permits, "You allowed nothing in this consent.", permit => Permit(permit, receipt, words)),
            Section("denied", "What you denied", denies, "You denied nothing in this consent.", deny => Deny(deny, receipt, words)),
            TakeBack(receipt, words),
            Given(receipt, words),
            Proof(receipt),
        ]));
    }

    private static Markup State(ConsentReceipt receipt)
    {
        var newest = receipt.Event[^1];
        return receipt.Consent.Status switch
        {
            ConsentStatus.Draft => Markup.Of($"<p class=\"state\"><strong>Not in force.</strong> It waits for you to confirm it.</p>"),
            ConsentStatus.Active => Markup.Of(
                $"<p class=\"state\"><strong>In force.</strong> You gave it on {PlainWords.Instant(receipt.Event.First(one => one.EventState == "given").EventTime)}.</p>"),
            ConsentStatus.Withdrawn => Markup.Of(
                $"<p class=\"state\"><strong>Taken back</strong> on {PlainWords.Instant(newest.EventTime)}. Nothing rests on it any more.</p>"),
            ConsentStatus.Superseded => Markup.Of(
                $"<p class=\"state\"><strong>Replaced</strong> by another consent on {PlainWords.Instant(newest.EventTime)}. Nothing rests on it any more.</p>"),
            _ => throw new ArgumentOutOfRangeException(nameof(receipt), receipt.Consent.Status, "Not a status."),
        };
    }

    private static Markup Section(
        string id, string heading, List<ProvisionContent> provisions, string none, Func<ProvisionContent, Markup> card) =>
        Markup.Of($"<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{heading}</h2>{(provisions.Count == 0
            ? Markup.Of($"<p>{none}</p>")
            : Markup.Of($"<ul class=\"cards\">{Markup.Join(provisions.Select(provision => Markup.Of($"<li class=\"card\"><dl>{card(provision)}</dl></li>")))}</ul>"))}</section>");

    private static Markup Permit(ProvisionContent permit, ConsentReceipt receipt, ReceiptWords words) => Markup.Join(
    [
        Row("Who", [.. (permit.Grantees ?? []).Select(grantee => Grantee(grantee, words))]),
        Row("What", [.. (permit.Categories ?? []).Select(PlainWords.Category)]),
        Row("May", [.. (permit.Actions ?? []).Select(PlainWords.Action)]),
        Row("For", [.. (permit.Purposes ?? []).Select(PlainWords.Purpose)]),
        permit.Sensitivities is { Count: > 0 } labels ? Row("Also about", [.. labels.Select(PlainWords.Label)]) : Markup.Nothing,
        Only(permit, receipt, words),
        Row("When", [PlainWords.Period(permit.Period?.From, permit.Period?.Until) is { Length: > 0 } period ? period : "until you take it back"]),
    ]);

    private static Markup Deny(ProvisionContent deny, ConsentReceipt receipt, ReceiptWords words) => Markup.Join(
    [
        Row("Who", Or(deny.Grantees?.Select(grantee => Grantee(grantee, words)), "anybody")),
        Row("What", Or(deny.Categories?.Select(PlainWords.Category), "anything")),
        Row("May not", Or(deny.Actions?.Select(PlainWords.Action), "see it, add to it or give it to somebody outside")),
        Row("For", Or(deny.Purposes?.Select(PlainWords.Purpose), "any purpose")),
        deny.Sensitivities is { Count: > 0 } labels ? Row("Only about", [.. labels.Select(PlainWords.Label)]) : Markup.Nothing,
        Only(deny, receipt, words),
        Row("When", [PlainWords.Period(deny.Period?.From, deny.Period?.Until) is { Length: > 0 } period ? period : "until you take it back"]),
    ]);

    /// <summary>The criteria that single items must meet.</summary>
    private static Markup Only(ProvisionContent provision, ConsentReceipt receipt, ReceiptWords words) => Markup.Join(
    [
        provision.Parts is { Count: > 0 } parts ? Row("Only these", [.. parts.Select(words.PartName)]) : Markup.Nothing,
        provision.AuthoredBy is { Count: > 0 } authors ? Row("Only written by", [.. authors.Select(author => Author(author, receipt, words))]) : Markup.Nothing,
        provision.DataPeriod is { } period && PlainWords.Period(period.From, period.Until) is { Length: > 0 } text
            ? Row("Only of the time", [text])
            : Markup.Nothing,
    ]);

    private static List<string> Or(IEnumerable<string>? words, string otherwise) =>
        words?.ToList() is { Count: > 0 } named ? named : [otherwise];

    private static Markup Row(string term, List<string> values) => Markup.Of(
        $"<dt>{term}</dt><dd>{(values.Count == 1
            ? Markup.Of($"{values[0]}")
            : Markup.Of($"<ul>{Markup.Join(values.Select(value => Markup.Of($"<li>{value}</li>")))}</ul>"))}</dd>");

    private static string Grantee(GranteeContent grantee, ReceiptWords words) => grantee.Kind switch
    {
        "care-team" => "your care team: everyone who treats you at the time",
        "partner" => $"everyone who works at {words.Partner}, and its apps",
        "role" => $"everyone at {words.Partner} whose role is {grantee.Code}",
        "application" => $"the app {Name(grantee.Id, words, "that is no longer known")}",
        _ => Name(grantee.Id, words, "a practitioner who is no longer known"),
    };

    private static string Author(Guid author, ConsentReceipt receipt, ReceiptWords words) =>
        author == receipt.PiiPrincipalId ? "you" : Name(author, words, "somebody who represents you");

    private static string Name(Guid? id, ReceiptWords words, string otherwise) =>
        id is { } known && words.Names.TryGetValue(known, out var name) ? name : otherwise;

    private static Markup TakeBack(ConsentReceipt receipt, ReceiptWords words)
    {
        if (receipt.Consent.Status is ConsentStatus.Withdrawn or ConsentStatus.Superseded)
        {
            return Markup.Of($"<section aria-labelledby=\"back\"><h2 id=\"back\">Taking it back</h2><p>There is nothing left to take back.</p></section>");
        }

        var own = words.Shown is { } shown
            ? Markup.Of($"<blockquote lang=\"{receipt.Consent.Evidence.Wording!.Language}\"><p>{shown.HowToWithdraw}</p></blockquote>")
            : Markup.Of($"<p>Do it where you gave it: in the app or with the person who recorded it for you.</p>");
        return Markup.Of($"""
            <section aria-labelledby="back"><h2 id="back">How you take it back</h2>
            <p>At any time, in one step, as easily as you gave it. You need not say why, and you are treated no worse for it.
            It ends at once. What was done before stays as it is.</p>{own}
            <p class="quiet">For your app it is one request: <code>{ConsentReceipt.WithdrawalOf(receipt.PiiPrincipalId, receipt.RecordId)}</code></p></section>
            """);
    }

    private static Markup Given(ConsentReceipt receipt, ReceiptWords words)
    {
        var consent = receipt.Consent;
        return Markup.Of($"""
            <section aria-labelledby="given"><h2 id="given">How it was given</h2><dl>{Markup.Join(
            [
                Row("To", [words.Partner]),
                Row("By", [Party(consent.GivenBy, words) is { } giver ? giver : consent.Status == ConsentStatus.Draft ? "nobody yet" : "you"]),
                Row("How", [PlainWords.Method(consent.Evidence.Method)]),
                Row("Given on", [PlainWords.Instant(consent.Evidence.GivenAt)]),
                Row("Recorded by", [Party(consent.RecordedBy, words)!]),
                consent.Evidence.Wording is { } wording
                    ? Row("Text shown", [words.Shown is { } shown ? $"“{shown.Title}”, version {wording.Version}" : $"{wording.Id}, version {wording.Version}"])
                    : Markup.Nothing,
            ])}</dl></section>
            """);
    }

    private static string? Party(PartyContent? party, ReceiptWords words) => party?.Kind switch
    {
        null => null,
        "client" => "you",
        "representative" => "somebody who represents you",
        _ => Name(party.Id, words, party.Kind == "application" ? "an app" : "a practitioner"),
    };

    private static Markup Proof(ConsentReceipt receipt) => Markup.Of($"""
        <section aria-labelledby="proof"><h2 id="proof">This receipt</h2>
        <p>Number <code>{receipt.ReceiptId}</code>, of version {receipt.Consent.Version}. The same receipt can be had signed (<code>{MediaTypes.Jwt}</code>), so that
        anybody you show it to can check it with the keys at <code>{PublishedKeys.Path}</code>.</p></section>
        """);
}
