using PersonalCareApi.Configuration;

namespace PersonalCareApi.Pipeline;

/// <summary>Which addresses may be an issuer's: HTTPS ones, and plain loopback ones where that is allowed.</summary>
/// <remarks>Keys read over plain HTTP are whoever's stands in between; on loopback there is nobody.</remarks>
internal sealed class IssuerUrls(IConfiguration configuration, IHostEnvironment environment)
{
    /// <summary>Lets <c>http://localhost</c> and the like be issuers outside Development, for trials on one machine.</summary>
    private readonly bool loopback = environment.IsDevelopment() || Settings.AllowHttpLoopback.In(configuration) is true;

    /// <summary>Whether what that address answers may be believed.</summary>
    public bool Allows(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (loopback && uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
