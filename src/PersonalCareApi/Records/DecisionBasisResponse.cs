using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Records;

/// <summary>On what a decision rested.</summary>
internal sealed record DecisionBasisResponse(string Kind, Guid? ConsentId, int? ConsentVersion, int? Provision)
{
    public static DecisionBasisResponse From(DecisionBasis basis) =>
        new(basis.Kind, basis.Kind == "provision" ? basis.Id : null, basis.Version, basis.Provision);
}
