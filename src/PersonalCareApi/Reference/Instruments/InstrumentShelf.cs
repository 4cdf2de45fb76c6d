using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Reference.Instruments;

/// <summary>Every instrument that one partner has: those of the library, and the partner's own.</summary>
/// <remarks>
/// Who needs an instrument asks here and says for whom, so nobody finds another partner's. The library is in memory, and no code of
/// its own begins as those of partners do: what is asked of it, and a code that nobody has, costs no query.
/// </remarks>
internal sealed class InstrumentShelf(InstrumentLibrary library, OwnInstrumentRepository own)
{
    /// <summary>How the code of every partner's own instrument begins, and no other: a later library cannot take it.</summary>
    public const string OwnPrefix = "own-";

    /// <summary>The code of an instrument has no more characters.</summary>
    private const int LongestCode = 64;

    public static bool IsOwn(string code) => code.StartsWith(OwnPrefix, StringComparison.Ordinal) && code.Length <= LongestCode;

    /// <summary>The newest version.</summary>
    public async ValueTask<Instrument?> Find(Guid partnerId, string code, CancellationToken ct) =>
        !IsOwn(code) ? library.Find(code)
        : await own.Newest(partnerId, code, ct) is { } newest ? await own.Find(partnerId, code, newest, ct)
        : null;

    /// <summary>The version that something was scored with.</summary>
    public async ValueTask<Instrument?> Find(Guid partnerId, string code, string version, CancellationToken ct) =>
        !IsOwn(code) ? library.Find(code, version)
        : OwnInstrumentRepository.NumberOf(version) is { } number ? await own.Find(partnerId, code, number, ct)
        : null;

    /// <summary>Those of these codes that the partner does not have.</summary>
    public async Task<IReadOnlySet<string>> Unknown(Guid partnerId, IEnumerable<string> codes, CancellationToken ct)
    {
        var unknown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var code in codes.Distinct(StringComparer.Ordinal))
        {
            if (IsOwn(code) ? await own.Newest(partnerId, code, ct) is null : library.Find(code) is null)
            {
                unknown.Add(code);
            }
        }

        return unknown;
    }

    /// <summary>The newest version of each, those of the library first.</summary>
    public async Task<IReadOnlyList<Instrument>> All(Guid partnerId, CancellationToken ct)
    {
        List<Instrument> all = [.. library.All.Select(instrument => instrument.Code).Distinct().Select(code => library.Find(code)!)];
        foreach (var (code, version) in await own.Newest(partnerId, ct))
        {
            all.Add((await own.Find(partnerId, code, version, ct))!);
        }

        return all;
    }
}
