namespace PersonalCareApi.Pipeline;

/// <summary>Lets a handler run only with sound input: first the form of everything, then the preconditions, then the rules.</summary>
internal sealed class Validation : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        RefusalOf([.. context.Arguments.OfType<IBoundInput>()], context.HttpContext.RequestServices) ?? await next(context);

    private static Problem? RefusalOf(IReadOnlyList<IBoundInput> inputs, IServiceProvider services)
    {
        if (inputs.Count == 0)
        {
            return null;
        }

        var refusals = inputs.Select(input => input.Refusal).OfType<Problem>().ToList();
        var malformed = refusals.Where(IsMalformed).ToList();
        return refusals.FirstOrDefault(IsUnreadable)
            ?? (malformed.Count > 0 ? Problems.Invalid(malformed.SelectMany(refusal => refusal.Errors)) : null)
            // What is left is a missing or failed precondition.
            ?? refusals.FirstOrDefault()
            ?? BreachOfRules(inputs, services);
    }

    private static Problem? BreachOfRules(IReadOnlyList<IBoundInput> inputs, IServiceProvider services)
    {
        var breaches = inputs.SelectMany(input => input.BreachesOfRules(services)).ToList();
        return breaches.Count > 0 ? Problems.Invalid(breaches) : null;
    }

    private static bool IsMalformed(Problem refusal) => refusal.Kind == ProblemCatalogue.Invalid;

    private static bool IsUnreadable(Problem refusal) =>
        refusal.Kind.Status is not (StatusCodes.Status422UnprocessableEntity
            or StatusCodes.Status428PreconditionRequired
            or StatusCodes.Status412PreconditionFailed);
}
