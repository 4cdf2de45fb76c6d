using PersonalCareApi.Records.Erasures;

namespace PersonalCareApi.Rendering.Pages;

/// <summary>The certificate of an erasure as a page to read.</summary>
internal static class ErasureCertificatePage
{
    public static string Render(ErasureCertificate certificate) => Layout.Page("Certificate of erasure", Markup.Join(
    [
        Markup.Of($"<h1>Certificate of erasure</h1>"),
        certificate.Complete
            ? Markup.Of($"<p class=\"state\"><strong>The record is gone.</strong> Nobody can read any of it again.</p>")
            : Markup.Of($"<p class=\"state\"><strong>The record is gone, but for what must be kept.</strong></p>"),
        Markup.Of($"""
            <dl><dt>Kept by</dt><dd>{certificate.Partner}</dd>
            <dt>Asked for on</dt><dd>{PlainWords.Instant(certificate.RequestedAt)}, by {(certificate.RequestedBy.Kind == "client" ? "the client" : "a representative")}</dd>
            <dt>Done on</dt><dd>{PlainWords.Instant(certificate.FinishedAt)}</dd>
            <dt>Destroyed</dt><dd>{certificate.KeysDestroyed} keys, {certificate.RowsRemoved} entries. What the keys closed cannot be opened again, in no copy.</dd></dl>
            """),
        certificate.Kept.Count == 0
            ? Markup.Nothing
            : Markup.Of($"""
                <section aria-labelledby="kept"><h2 id="kept">What must be kept</h2>
                <p>The law has these kept. Nobody but the client may look at them, and on the day named they are erased as well:</p>
                <ul>{Markup.Join(certificate.Kept.Select(one => Markup.Of($"<li>{PlainWords.Category(one.Category)}, until {PlainWords.Instant(one.Until)}</li>")))}</ul></section>
                """),
        Markup.Of($"""
            <section aria-labelledby="stays"><h2 id="stays">What stays</h2>
            <ul>{Markup.Join(certificate.Stays.Select(one => Markup.Of($"<li>{one}</li>")))}</ul>
            <p class="quiet">Number <code>{certificate.ErasureId}</code>, of record <code>{certificate.ClientId}</code>. The same certificate can be had signed.</p></section>
            """),
    ]));
}
