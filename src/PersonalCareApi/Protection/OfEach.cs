using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Protection;

/// <summary>What was read of several clients, by client. Of a client of whom anything did not open there is nothing.</summary>
internal sealed class OfEach<T>(ILookup<Guid, T> opened, IReadOnlyList<AccessGrant> unreadable)
{
    /// <summary>The grants under which something did not open: such a use is none, like one that is not permitted.</summary>
    public IReadOnlyList<AccessGrant> Unreadable => unreadable;

    public IEnumerable<T> this[Guid clientId] => opened[clientId];

    /// <summary>Whether something of this client was read.</summary>
    public bool Contains(Guid clientId) => opened.Contains(clientId);

    public bool IsUnreadable(Guid clientId) => unreadable.Any(grant => grant.ClientId == clientId);
}
