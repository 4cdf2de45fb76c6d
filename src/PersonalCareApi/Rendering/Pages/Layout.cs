namespace PersonalCareApi.Rendering.Pages;

/// <summary>What every page for people has: a language, a title, a style for light and dark, and nothing to load or run.</summary>
internal static class Layout
{
    /// <summary>The pages' own style, and nothing from anywhere.</summary>
    public const string ContentPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Style = """
        <style>
        :root{color-scheme:light dark;--line:light-dark(#d0d5da,#454b52);--quiet:light-dark(#4a5560,#aab4be);--card:light-dark(#f6f7f8,#1c2025)}
        body{font:1rem/1.55 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
        h1{font-size:1.75rem;line-height:1.2;margin:0 0 .5rem}h2{font-size:1.25rem;margin:2.25rem 0 .5rem}
        ul.cards{list-style:none;margin:0;padding:0}
        .card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.9rem 1.1rem;margin:.75rem 0}
        dl{display:grid;grid-template-columns:9rem 1fr;gap:.35rem 1rem;margin:0}dt{color:var(--quiet)}dd{margin:0}
        dd ul{margin:0;padding-left:1.1rem}
        .state{font-size:1.1rem;margin:0 0 1rem}.quiet{color:var(--quiet)}
        blockquote{margin:.75rem 0;padding:.1rem 1rem;border-left:.25rem solid var(--line)}
        code{font-size:.9em}
        pre{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.9rem 1.1rem;overflow-x:auto}
        pre code{font-size:.8rem;overflow-wrap:normal}
        @media (max-width:30rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}dd:last-child{margin-bottom:0}}
        @media print{.card{break-inside:avoid}}
        </style>
        """;

    public static string Page(string title, Markup body) =>
        Markup.Of($"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>{Markup.Constant(Style)}</head><body><main>{body}</main></body></html>""").Text;
}
