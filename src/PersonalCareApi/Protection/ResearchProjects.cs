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

    /// <summary>By how many days everything of the client is moved: up to half a year either way, always the same, and never none.</summary>
    public int ShiftInDays(Guid clientId)
    {
        var digest = Digest("shift", clientId);
        var shift = (int)(Number(0) % ((2 * FurthestShift) + 1)) - FurthestShift;
        if (shift != 0)
        {
            return shift;
        }

        // Whom the first number leaves on their true days, one in 365, the next two move; all others keep the days they had.
        var far = 1 + (int)(Number(4) % FurthestShift);
        return Number(8) % 2 == 0 ? far : -far;

        uint Number(int at) => BinaryPrimitives.ReadUInt32BigEndian(digest.AsSpan(at));
    }

    private byte[] Digest(string what, Guid clientId) =>
        HMACSHA256.HashData(key, System.Text.Encoding.UTF8.GetBytes($"{what} {clientId:D}"));
}
