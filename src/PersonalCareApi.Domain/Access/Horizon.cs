namespace PersonalCareApi.Domain.Access;

/// <summary>What is already known to begin later and may then take away what is granted now.</summary>
/// <remarks>
/// A grant ends at the first of these, so that it never outlives the decision it came from. What only adds (a permit
/// or an emergency that begins, a deny that ends) is left out: to be late in permitting harms nobody.
/// </remarks>
internal static class Horizon
{
    public static IEnumerable<DateTimeOffset?> Of(Question question, IEnumerable<WeighedProvision> weighed)
    {
        var denies = weighed
            .Where(one => !one.IsPermit && one.FailsOnlyBy(Criterion.Period))
            .Select(one => one.Provision.Period.From);

        // From then on the caller acts here as a representative, and as nothing else.
        var authorities = Relation.AuthoritiesOf(question.Caller, question.Facts).Select(one => one.Period.From);

        // One of the care team is reached by denies that name it.
        var relationships = question.Facts.CareRelationships
            .Where(one => one.PractitionerId == question.Practitioner)
            .Select(one => one.Period.From);

        var restrictions = question.Facts.Restrictions
            .Where(one => one.Closes(question.Use.Category))
            .Select(one => one.Period.From);

        return denies.Concat(authorities).Concat(relationships).Concat(restrictions).Where(from => from > question.Now);
    }
}
