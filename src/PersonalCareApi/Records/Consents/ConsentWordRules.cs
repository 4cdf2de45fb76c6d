using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.Consents;

/// <summary>How a consent may have been given.</summary>
internal sealed class EvidenceRules : AbstractValidator<EvidenceContent>
{
    public EvidenceRules(TimeProvider time)
    {
        RuleFor(evidence => evidence.Method).OneOf("electronic-signature", "signed-document", "recorded-statement", "verbal");
        RuleFor(evidence => evidence.GivenAt).NotInTheFuture(time);
        RuleFor(evidence => evidence.Wording).SetValidator(new WordingRules()!);
    }
}

/// <summary>How the text that was shown is named.</summary>
internal sealed class WordingRules : AbstractValidator<WordingContent>
{
    public WordingRules()
    {
        RuleFor(wording => wording.Id).Length(1, 200);
        RuleFor(wording => wording.Version).Length(1, 50);
        RuleFor(wording => wording.Language).Language();
    }
}

/// <summary>How many provisions one consent may hold, and how much they may name.</summary>
internal static class ProvisionListRules
{
    private const int MostProvisions = 100;
    private const int MostItemValues = 500;
    private const int MostGrantees = 200;

    public static IRuleBuilderOptions<T, IReadOnlyList<ProvisionContent>> OfOneConsent<T>(this IRuleBuilder<T, IReadOnlyList<ProvisionContent>> rule) =>
        rule.Within(new Limits { MinItems = 1, MaxItems = MostProvisions })
            .WithErrorCode(FaultCodes.WrongLength).WithMessage($"Must hold 1 to {MostProvisions} provisions.")
            .Must(provisions => provisions.Sum(ItemValues) <= MostItemValues)
            .WithErrorCode(FaultCodes.TooLong)
            // Each becomes a value in every statement that the consent bears on.
            .WithMessage($"All authoredBy and parts together may hold {MostItemValues} values.")
            .Must(provisions => Grantees(provisions) <= MostGrantees)
            .WithErrorCode(FaultCodes.TooLong).WithMessage($"No more than {MostGrantees} different grantees.");

    private static int ItemValues(ProvisionContent provision) => (provision.AuthoredBy?.Count ?? 0) + (provision.Parts?.Count ?? 0);

    private static int Grantees(IEnumerable<ProvisionContent> provisions) =>
        provisions.SelectMany(provision => provision.Grantees ?? []).Distinct().Count();
}

/// <summary>Each word of a provision by itself; what only the whole provision shows is <see cref="ProvisionRules"/>'.</summary>
internal sealed class ProvisionWordRules : AbstractValidator<ProvisionContent>
{
    private const int MostValues = 200;

    public ProvisionWordRules()
    {
        RuleFor(provision => provision.Effect).OneOf("permit", "deny");
        RuleForEach(provision => provision.Grantees).SetValidator(new GranteeRules());
        RuleForEach(provision => provision.Categories)
            .OneOf([.. DataCategories.All.Select(category => category.Code()), ConsentWords.AllCategories])
            .Must((provision, word) => word != ConsentWords.AllCategories || provision.Categories!.Count == 1)
            .WithErrorCode(FaultCodes.UnknownValue).WithMessage("Must be a data category, or all by itself.");
        RuleForEach(provision => provision.Actions).OneOf([.. Enum.GetValues<DataAction>().Select(action => action.Code())]);
        RuleForEach(provision => provision.Purposes)
            .OneOf([.. PurposeOfUse.All.Select(purpose => purpose.Code)]).WithMessage("Must be an HL7 purpose of use, such as TREAT.");
        RuleForEach(provision => provision.Sensitivities)
            .OneOf([.. Sensitivities.Known.Codes()]).WithMessage("Must be an HL7 sensitivity label, such as PSY.");
        RuleForEach(provision => provision.Parts).Length(1, 64);

        // No space at either end: SQL Server does not see one at the end.
        RuleForEach(provision => provision.Parts).Must(part => part == part.Trim())
            .WithErrorCode(FaultCodes.InvalidFormat).WithMessage("Must have no space at either end.");

        RuleFor(provision => provision.Grantees).AtMost(MostValues);
        RuleFor(provision => provision.Categories).AtMost(MostValues);
        RuleFor(provision => provision.Actions).AtMost(MostValues);
        RuleFor(provision => provision.Purposes).AtMost(MostValues);
        RuleFor(provision => provision.Sensitivities).AtMost(MostValues);
        RuleFor(provision => provision.AuthoredBy).AtMost(MostValues);
        RuleFor(provision => provision.Parts).AtMost(MostValues);
    }
}

/// <summary>How those whom a provision speaks of are named.</summary>
internal sealed class GranteeRules : AbstractValidator<GranteeContent>
{
    public GranteeRules()
    {
        RuleFor(grantee => grantee).Must(grantee => GranteeContent.TryDomain(grantee, out _))
            .WithErrorCode(FaultCodes.InvalidValue)
            .WithMessage("Must be a practitioner or application with an id, a role with a code, care-team or partner.");
        RuleFor(grantee => grantee.Kind).OneOf("practitioner", "application", "role", "care-team", "partner");
        RuleFor(grantee => grantee.Code).CareRole();
    }
}
