using PersonalCareApi.Partners;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.Consents;

/// <summary>Whether those whom provisions name by id are there: a provision on nobody can never have any effect.</summary>
internal static class NamedInProvisions
{
    /// <summary>Every id that provisions name, as grantee or as author.</summary>
    public static IReadOnlyCollection<Guid> Ids(IEnumerable<ProvisionContent> provisions) =>
    [
        .. provisions.SelectMany(provision =>
            (provision.Grantees ?? []).Select(grantee => grantee.Id).OfType<Guid>().Concat(provision.AuthoredBy ?? [])).Distinct(),
    ];

    /// <summary>A fault for each that is nobody's, and for each application that is revoked: that cannot be undone.</summary>
    /// <param name="provisions">The provisions as they were sent.</param>
    /// <param name="partnerId">Whose practitioners and applications.</param>
    /// <param name="alsoAuthors">Who beside them may have recorded something: the client, and representatives.</param>
    /// <param name="names">Where they are registered.</param>
    /// <param name="ct">Ends the look-up.</param>
    public static async Task<IReadOnlyList<Fault>> Unknown(
        IReadOnlyList<ProvisionContent> provisions, Guid partnerId, IReadOnlyCollection<Guid> alsoAuthors, PartnerNames names,
        CancellationToken ct)
    {
        var known = await names.Find(partnerId, Ids(provisions), ct);
        var faults = new List<Fault>();
        foreach (var (index, provision) in provisions.Index())
        {
            foreach (var (position, grantee) in (provision.Grantees ?? []).Index())
            {
                var at = $"#/provisions/{index}/grantees/{position}/id";
                if (grantee.Id is { } id && (!known.TryGetValue(id, out var own) || own.Kind != grantee.Kind))
                {
                    faults.Add(Fault.InBody(at, "unknown-reference", $"There is no such {grantee.Kind}."));
                }
                else if (grantee is { Id: { } named, Kind: "application" } && known[named].EndedAt is not null)
                {
                    faults.Add(Fault.InBody(at, "revoked", "The application is revoked, which cannot be undone: this can have no effect."));
                }
            }

            foreach (var (position, author) in (provision.AuthoredBy ?? []).Index())
            {
                if (!known.ContainsKey(author) && !alsoAuthors.Contains(author))
                {
                    faults.Add(Fault.InBody(
                        $"#/provisions/{index}/authoredBy/{position}", "unknown-reference", "Nobody with this id can have recorded anything."));
                }
            }
        }

        return faults;
    }
}
