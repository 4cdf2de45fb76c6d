using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Partners;

internal static class MeEndpoints
{
    public static void MapMe(this IEndpointRouteBuilder v1) =>
        v1.MapHandler(HttpMethods.Get, "/me", Get).WithName("GetMe").WithTags("me").RequireAuthorization()
            .WithMetadata(new NoClientData("The caller's own registration: ids, scopes and purposes."));

    /// <summary>Tells who you are here: every identity your subject has, your scopes and your purposes.</summary>
    private static Ok<MeResponse> Get(HttpContext http) => Ok(MeResponse.From(http.Caller()));
}

/// <summary>Who the caller is here.</summary>
internal sealed record MeResponse
{
    public const string Example = """
        { "partnerId": "0197a000-0000-7000-8000-000000000001", "applicationId": "0197a000-0000-7000-8000-000000000021",
          "identities": [ { "kind": "practitioner", "id": "0197a000-0000-7000-8000-000000000101" } ],
          "scopes": [ "assessments:read", "assessments:write", "demographics:read" ], "purposes": [ "TREAT" ] }
        """;

    public required Guid PartnerId { get; init; }

    public required Guid ApplicationId { get; init; }

    /// <summary>One subject may be several: a practitioner who is also a client, a parent of two.</summary>
    public required IReadOnlyList<PartyResponse> Identities { get; init; }

    /// <summary>What both your token and your application carry.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>The purposes your application may claim.</summary>
    public required IReadOnlyList<string> Purposes { get; init; }

    public static MeResponse From(Caller caller) => new()
    {
        PartnerId = caller.PartnerId,
        ApplicationId = caller.ApplicationId,
        Identities = [.. IdentitiesOf(caller).Select(PartyResponse.From)],
        Scopes = [.. caller.Scopes.Order(StringComparer.Ordinal)],
        Purposes = [.. caller.Purposes.Select(purpose => purpose.Code).Order(StringComparer.Ordinal)],
    };

    private static IEnumerable<Party> IdentitiesOf(Caller caller) =>
    [
        .. caller.ApplicationAlone ? [new Party(PartyKind.Application, caller.ApplicationId)] : Array.Empty<Party>(),
        .. caller.PractitionerId is { } practitioner ? [new Party(PartyKind.Practitioner, practitioner)] : Array.Empty<Party>(),
        .. caller.ClientIds.Select(id => new Party(PartyKind.Client, id)),
        .. caller.RepresentativeIds.Select(id => new Party(PartyKind.Representative, id)),
    ];
}
