using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Development;

/// <summary>A persona as listed.</summary>
/// <param name="Name">The username, and the subject of the tokens.</param>
/// <param name="Description">Who it is.</param>
/// <param name="Partner">The partner's code, which is the audience of the tokens.</param>
/// <param name="Application">The code of the application.</param>
/// <param name="Kind">As what the persona acts.</param>
/// <param name="Id">The id of the practitioner, client, representative or application.</param>
/// <param name="TokenRequest">The form to send to the token endpoint.</param>
internal sealed record PersonaResponse(
    string Name, string Description, string Partner, string Application, string Kind, Guid Id, string TokenRequest)
{
    public static PersonaResponse From(Persona persona) => new(
        persona.Name,
        persona.Description,
        persona.Application.Partner.Code,
        persona.Application.Code,
        persona.Party.KindCode,
        persona.Party.Id,
        persona.Application == Personas.Platform
            ? $"grant_type=client_credentials&client_id={persona.Application.Code}"
            : $"grant_type=password&username={persona.Name}&password=any");
}

/// <summary>Everybody who can sign in here.</summary>
internal sealed record PersonaList(string TokenEndpoint, IReadOnlyList<PersonaResponse> Items);

internal static class PersonaEndpoints
{
    public static void MapPersonas(this IEndpointRouteBuilder development) => development.MapHandler(HttpMethods.Get, "/personas", List);

    private static Ok<PersonaList> List() =>
        TypedResults.Ok(new PersonaList("/dev/token", [.. Personas.All.Select(PersonaResponse.From)]));
}
