using Microsoft.AspNetCore.Authorization;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Pipeline;

/// <summary>What every declaration of a use of client data has: endpoint metadata, requirement and description in one.</summary>
/// <remarks>
/// It is an authorization requirement, so it is decided before the body is read: a malformed body from somebody who may
/// not know is refused, not explained.
/// </remarks>
internal abstract record DeclaredUse(DataUse Use) : IAuthorizationRequirement, IAuthorizationRequirementData, IDescribesUse
{
    public virtual string Category => Use.Category.Code();

    public string Action => Use.Action.Code();

    public virtual string Scope => Use.Scope;

    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [this];
}

/// <summary>A use of the record named by <c>{clientId}</c>.</summary>
internal sealed record RequiresConsent(DataUse Use) : DeclaredUse(Use)
{
    /// <summary>
    /// Other categories in which what is here may lie instead: the request is decided about the first that is permitted, in an
    /// order that the item's own begins.
    /// </summary>
    public IReadOnlyList<DataCategory> OrOf { get; init; } = [];

    public override string Category => string.Join(", ", OrOf.Prepend(Use.Category).Select(category => category.Code()));

    public override string Scope => string.Join(", ", OrOf.Prepend(Use.Category).Select(category => (Use with { Category = category }).Scope));

    /// <summary>Whether the client (and so a representative) may write here.</summary>
    public bool ClientIsAuthor { get; init; }

    /// <summary>Whether it is about emergency accesses, which the partner's auditor sees and reviews without being related.</summary>
    public bool ReviewsEmergencies { get; init; }
}

/// <summary>The declaration of an emergency on the record named by <c>{clientId}</c>, and its end.</summary>
internal sealed record DeclaresEmergency() : DeclaredUse(new DataUse(DataCategory.Demographics, DataAction.Write))
{
    public override string Scope => Scopes.EmergencyDeclare;
}

/// <summary>A question about the decisions on the record named by <c>{clientId}</c>: about one's own, whoever is related.</summary>
internal sealed record AsksAboutAccess() : DeclaredUse(new DataUse(DataCategory.AccessHistory, DataAction.Read));

/// <summary>The creation of a record: there is none to decide about yet.</summary>
internal sealed record RequiresAdmission() : DeclaredUse(new DataUse(DataCategory.Demographics, DataAction.Write));

/// <summary>An extract for research over all records of a partner: scope and purpose are decided here, each record in the background.</summary>
internal sealed record ExtractsForResearch() : DeclaredUse(new DataUse(DataCategory.Assessments, DataAction.Share))
{
    public override string Scope => Scopes.ResearchExtract;
}

/// <summary>Counts over all records of a partner: scope and purpose are decided here, each record by the handler's own query.</summary>
internal sealed record ViewsService() : DeclaredUse(new DataUse(DataCategory.Assessments, DataAction.Read));

/// <summary>A use of several records: scope and purpose are decided here, each record by the handler's own query.</summary>
internal sealed record DecidesPerClient(DataUse Use) : DeclaredUse(Use)
{
    /// <inheritdoc cref="RequiresConsent.ReviewsEmergencies"/>
    public bool ReviewsEmergencies { get; init; }
}

/// <summary>The partner's auditor looks at who used what, of all records or of the one that <c>?clientId=</c> names.</summary>
internal sealed record Audits() : DeclaredUse(new DataUse(DataCategory.AccessHistory, DataAction.Read))
{
    public const string ClientParameter = "clientId";

    public override string Scope => Scopes.AuditRead;
}
