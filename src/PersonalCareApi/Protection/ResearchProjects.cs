using System.Buffers.Binary;
using System.Security.Cryptography;

namespace PersonalCareApi.Protection;

/// <summary>How clients are called, and their days are moved, in one research project, and in no other.</summary>
/// <remarks>
/// Each project has a key of its own, derived from the installation's: two projects cannot compare whom they have, and
/// without the installation's key nobody can try out ids. The same project has the same names and days for ever.
/// </remarks>
internal sealed class ResearchProjects(Digests digests)
{
    public ResearchProject Of(Guid partnerId, string project) => new(digests.Of("research-project", partnerId.ToString("D"), project));
}

/// <summary>One project's names and days.</summary>
internal sealed class ResearchProject(byte[] key)
{
    private const int FurthestShift = 182;

    /// <summary>What the client is called here.</summary>
    public string Subject(Guid clientId) => Convert.ToHexStringLower(Digest("subject", clientId).AsSpan(0, 16));

    /// <summary>By how many days everything of the client is moved: half a year either way, always the same.</summary>
    public int ShiftInDays(Guid clientId) =>
        (int)(BinaryPrimitives.ReadUInt32BigEndian(Digest("shift", clientId)) % ((2 * FurthestShift) + 1)) - FurthestShift;

    private byte[] Digest(string what, Guid clientId) =>
        HMACSHA256.HashData(key, System.Text.Encoding.UTF8.GetBytes($"{what} {clientId:D}"));
}
