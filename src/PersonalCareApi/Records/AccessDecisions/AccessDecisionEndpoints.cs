using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Consents;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.AccessDecisions;

internal static class AccessDecisionEndpoints
{
    public static void MapAccessDecisions(this ClientRecordRoutes records)
    {
        records.AskAboutAccess("/access-decisions", Ask, "access").WithName("AskAboutAccess");
        records.ReadAboutAccess("/access-decisions/{id:guid}", Get, "access").WithName("GetAccessDecision");
        records.ReadAboutAccess("/access", Now, "access").WithName("GetAccess");
    }

    /// <summary>Tells how a use would be decided now, and why.</summary>
    /// <remarks>
    /// Everybody related learns their own yes or no with its reason code. The client, a representative with authority for
    /// consents and the partner's auditor (role <c>auditor</c>, scope <c>audit:read</c>) may ask about others and see every
    /// provision that was looked at with the first criterion it fails by. With <c>draftConsent</c> nothing is written: the
    /// answer says who would gain and who would lose which use, scopes and registered purposes aside.
    /// </remarks>
    private static async Task<Results<Ok<AccessAnswer>, Problem>> Ask(
        Body<AskAboutAccess> body, AccessGrant grant, UseOfData use, RealCallers callers, AuthoringByClient authoring,
        TimeProvider time, CancellationToken ct)
    {
        var asked = body.Value;
        var facts = use.Facts!;
        var now = time.GetUtcNow();
        var self = asked.Caller is null || asked.Caller == PartyResponse.From(grant.ActingAs);
        var aboutOthers = MayAskAboutOthers(grant, facts, now);
        if (!aboutOthers && (!self || asked.DraftConsent is not null))
        {
            return Problems.Forbidden("Only the client, a representative and the partner's auditor ask about others, or try a consent.");
        }

        if (!self && asked.Caller!.Kind == "representative" && !grant.Caller.IsAuditor)
        {
            // The answer would tell that an authority rests which by all that shows is in force: that endangerment is recorded.
            return Problems.Forbidden("Only the partner's auditor asks about a representative.");
        }

        var (draft, faults) = Draft(asked.DraftConsent, grant, now);
        if (faults.Count > 0)
        {
            return Problems.Invalid(faults);
        }

        var caller = self ? use.Asked.Caller : await callers.Find(facts, asked.Caller!, ct) is { } found ? ConsentEngine.Unrestricted(found) : null;
        if (caller is null)
        {
            return Problems.Invalid(Fault.InBody("#/caller/id", "unknown-reference", "There is nobody of this kind with this id."));
        }

        var about = UseOf(asked);
        var request = new AccessRequest
        {
            Caller = caller,
            ClientId = facts.ClientId,
            Use = about,
            ClaimedPurpose = PurposeOf(asked, caller, use.Asked),
            ClientIsAuthor = authoring.Categories.Contains(about.Category),
        };
        var change = draft is null
            ? new AccessChange([], [], [])
            : DryRun.Compare(facts, draft, asked.DraftConsent!.Replaces, await callers.Of(facts, draft.Provisions!, ct), now);
        var decision = ConsentEngine.Decide(request, facts, now);
        var considered = aboutOthers ? Explanation.Of(request, facts, now).Select(ConsideredResponse.From).ToList() : null;
        var answer = Answer(decision, asked.Item?.ToFacts(now), now);
        return Ok(answer with
        {
            Basis = aboutOthers ? answer.Basis : DecisionBasisResponse.From(DecisionBasis.None),
            Considered = considered,
            Gains = [.. change.Gains.Select(AccessLineResponse.From)],
            Losses = [.. change.Losses.Select(AccessLineResponse.From)],
            Affected = [.. change.Affected.Select(AccessLineResponse.From)],
        });
    }

    /// <summary>Explains a decision as it was made.</summary>
    /// <remarks>
    /// The id is that of the header <c>Access-Decision</c>. What it says is what was decided then, on the versions of then,
    /// whatever has changed since. Everybody sees their own; the client and the partner's auditor all, with the provisions.
    /// </remarks>
    private static async Task<Results<Ok<RecordedDecision>, Problem>> Get(
        Guid id, AccessGrant grant, UseOfData use, AccessDecisionRepository decisions, TimeProvider time, CancellationToken ct) =>
        await decisions.Find(grant, id, ct) is { } decision
            ? Ok(RecordedDecision.From(decision, MayAskAboutOthers(grant, use.Facts!, time.GetUtcNow())))
            : Problems.NotFound();

    /// <summary>Tells what you may do now, category by category.</summary>
    private static Ok<AccessNow> Now(AccessGrant grant, UseOfData use, AuthoringByClient authoring, TimeProvider time)
    {
        var facts = use.Facts!;
        var now = time.GetUtcNow();
        UseNow Decide(DataCategory category, DataAction action) => UseNow.From(ConsentEngine.Decide(
            use.Asked with
            {
                Use = new DataUse(category, action),
                AsksAboutAccess = false,
                ClientIsAuthor = authoring.Categories.Contains(category),
            },
            facts,
            now));
        return Ok(new AccessNow
        {
            ClientId = grant.ClientId,
            ActingAs = PartyResponse.From(grant.ActingAs),
            Purpose = grant.Purpose.Code,
            At = now,
            Categories =
            [
                .. DataCategories.All.Select(category => new CategoryAccess(
                    category.Code(), Decide(category, DataAction.Read), Decide(category, DataAction.Write), Decide(category, DataAction.Share))),
            ],
        });
    }

    /// <summary>The client, the auditor, and a representative who has authority for consents.</summary>
    private static bool MayAskAboutOthers(AccessGrant grant, RecordFacts facts, DateTimeOffset now) => grant.ActingAs.Kind switch
    {
        PartyKind.Client => true,
        PartyKind.Practitioner => grant.Caller.IsAuditor,
        PartyKind.Representative => ConsentEngine.Decide(
            new AccessRequest
            {
                Caller = ConsentEngine.Unrestricted(grant.Caller),
                ClientId = facts.ClientId,
                Use = new DataUse(DataCategory.Consents, DataAction.Read),
            },
            facts,
            now) is AccessDecision.Permitted,
        _ => false,
    };

    private static DataUse UseOf(AskAboutAccess asked) => new(
        DataCategories.TryParse(asked.Category, out var category) ? category : throw new InvalidOperationException("Not a category."),
        DataActions.TryParse(asked.Action, out var action) ? action : throw new InvalidOperationException("Not an action."));

    /// <summary>The purpose named; else the one that this request is for, so that "may I" means as I ask it.</summary>
    private static PurposeOfUse? PurposeOf(AskAboutAccess asked, Caller caller, AccessRequest mine)
    {
        if (asked.Purpose is { } code)
        {
            return PurposeOfUse.TryParse(code, out var purpose) ? purpose : throw new InvalidOperationException("Not a purpose.");
        }

        return ReferenceEquals(caller, mine.Caller) ? mine.ClaimedPurpose : caller.ApplicationAlone ? PurposeOfUse.Treatment : null;
    }

    private static (RecordedConsent? Draft, IReadOnlyList<Fault> Faults) Draft(CreateConsent? consent, AccessGrant grant, DateTimeOffset now)
    {
        if (consent is null)
        {
            return (null, []);
        }

        var provisions = consent.Provisions.Select(provision => provision.ToDomain()).OfType<ConsentProvision>().ToList();
        var faults = ProvisionRules.Check(provisions, consent.Evidence.Explicit, now)
            .Select(fault => Fault.InBody($"#/draftConsent/provisions/{fault.Provision}/{fault.Member}".TrimEnd('/'), fault.Code, fault.Detail))
            .ToList();
        return (
            new RecordedConsent
            {
                Id = Ids.New(now),
                Version = 1,
                Status = ConsentStatus.Active,
                GivenAt = consent.Evidence.GivenAt,
                Provisions = provisions,
                GivenOrAuthorisedByRepresentative = grant.ActingAs.Kind == PartyKind.Representative,
                ExplicitAct = consent.Evidence.Explicit,
            },
            faults);
    }

    private static AccessAnswer Answer(AccessDecision decision, ItemFacts? item, DateTimeOffset now)
    {
        var answer = new AccessAnswer
        {
            Decision = "not-found",
            Reason = null,
            Basis = DecisionBasisResponse.From(DecisionBasis.None),
            Obligations = [],
            Considered = null,
            Gains = [],
            Losses = [],
            Affected = [],
            At = now,
        };
        return decision switch
        {
            AccessDecision.Permitted { Grant: var grant } when item is not null && Explanation.OfItem(grant, item) is { } reason =>
                answer with { Decision = "deny", Reason = reason.Code(), Obligations = Domain.Access.Obligations.Audit.Codes() },
            AccessDecision.Permitted { Grant: var grant } =>
                answer with { Decision = "permit", Basis = DecisionBasisResponse.From(grant.Basis), Obligations = grant.Obligations.Codes() },
            AccessDecision.Refused refused => answer with
            {
                Decision = "deny",
                Reason = refused.Reason.Code(),
                Basis = DecisionBasisResponse.From(refused.Basis),
                Obligations = Domain.Access.Obligations.Audit.Codes(),
            },
            _ => answer,
        };
    }
}

/// <summary>The categories in which some operation names the client as an author.</summary>
internal sealed class AuthoringByClient(EndpointDataSource endpoints)
{
    private readonly Lazy<IReadOnlySet<DataCategory>> categories = new(() =>
        endpoints.Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<RequiresConsent>())
            .Where(use => use is { ClientIsAuthor: true })
            .Select(use => use!.Use.Category)
            .ToHashSet());

    public IReadOnlySet<DataCategory> Categories => categories.Value;
}
