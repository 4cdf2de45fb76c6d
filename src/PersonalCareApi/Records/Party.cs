using System.ComponentModel.DataAnnotations;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Records;

/// <summary>Somebody who acted.</summary>
/// <param name="Kind"><c>practitioner</c>, <c>client</c>, <c>representative</c> or <c>application</c>.</param>
/// <param name="Id">Their id in this API.</param>
internal sealed record PartyResponse([property: AllowedValues("practitioner", "client", "representative", "application")] string Kind, Guid Id)
{
    public static PartyResponse From(Party party) => new(party.KindCode, party.Id);
}
