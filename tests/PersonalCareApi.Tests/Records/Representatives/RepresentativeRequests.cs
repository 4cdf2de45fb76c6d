using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Promises;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Representatives;

/// <summary>Representatives, as tests record them.</summary>
internal static class RepresentativeRequests
{
    public static readonly (string, string) ForTreatment = ("Purpose-Of-Use", "TREAT");

    public static Dictionary<string, object?> Parent(string[]? categories = null, string? subject = null) => new()
    {
        ["subject"] = subject,
        ["relation"] = "parent",
        ["categories"] = categories ?? ["demographics", "goals", "consents"],
        ["actions"] = new[] { "read", "write" },
        ["evidence"] = "Birth certificate seen.",
    };

    public static Dictionary<string, object?> Proxy(string[]? categories = null, string? subject = null)
    {
        var proxy = Parent(categories, subject);
        proxy["relation"] = "health-care-proxy";
        proxy["endsWhenClientMayConsentAlone"] = false;
        return proxy;
    }

    /// <summary>Recorded by the partner's platform, and signed in.</summary>
    public static async Task<Api> Representing(this ApiHost host, Guid record, string subject, string[]? categories = null)
    {
        (await (await host.As("platform")).Post(Record(record, "/representatives"), Parent(categories, subject), ForTreatment))
            .Expect(HttpStatusCode.Created);
        return host.As(subject, Personas.HarbourApp.Scopes);
    }
}
