namespace PersonalCareApi.Domain.Access;

/// <summary>
/// The HL7 sensitivity labels an item may carry, as a set of bits, so that the database can test a whole set at once.
/// </summary>
/// <remarks>
/// The numbers are stored: never renumber. A bit this version does not know closes, as <see cref="Unknown"/> does.
/// </remarks>
[Flags]
public enum Sensitivity : long
{
    None = 0,
    Psy = 1L << 0,
    PsyThPn = 1L << 1,
    Eth = 1L << 2,
    Sud = 1L << 3,
    EthUd = 1L << 4,
    OpioidUd = 1L << 5,
    Gdis = 1L << 6,
    Sdv = 1L << 7,
    Hiv = 1L << 8,
    Sex = 1L << 9,

    /// <summary>A label was given that this version cannot name: only who needs no permit may see the item.</summary>
    Unknown = 1L << 62,
}

/// <summary>The rules of <see cref="Sensitivity"/> that hold for every consent.</summary>
public static class Sensitivities
{
    private static readonly Dictionary<Sensitivity, string> ByLabel = new()
    {
        [Sensitivity.Psy] = "PSY",
        [Sensitivity.PsyThPn] = "PSYTHPN",
        [Sensitivity.Eth] = "ETH",
        [Sensitivity.Sud] = "SUD",
        [Sensitivity.EthUd] = "ETHUD",
        [Sensitivity.OpioidUd] = "OPIOIDUD",
        [Sensitivity.Gdis] = "GDIS",
        [Sensitivity.Sdv] = "SDV",
        [Sensitivity.Hiv] = "HIV",
        [Sensitivity.Sex] = "SEX",
    };

    private static readonly Dictionary<string, Sensitivity> ByCode =
        ByLabel.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    /// <summary>Every label this version can name.</summary>
    public static Sensitivity Known { get; } = ByLabel.Keys.Aggregate(Sensitivity.None, (all, one) => all | one);

    /// <summary>The substance-use labels, one group for denies.</summary>
    public const Sensitivity SubstanceUse = Sensitivity.Eth | Sensitivity.Sud | Sensitivity.EthUd | Sensitivity.OpioidUd;

    /// <summary>Labels that close an item by default: all known ones but PSY and, outside Part 2, substance use.</summary>
    public static Sensitivity ClosingByDefault { get; } = Known & ~Sensitivity.Psy;

    public static bool TryParse(string code, out Sensitivity label) => ByCode.TryGetValue(code, out label);

    /// <summary>The set that these HL7 codes name; a code this version cannot name becomes <see cref="Sensitivity.Unknown"/>.</summary>
    public static Sensitivity Of(IEnumerable<string> codes) =>
        codes.Aggregate(Sensitivity.None, (all, code) => all | (TryParse(code, out var label) ? label : Sensitivity.Unknown));

    /// <summary>The HL7 codes of a set, in the order of the bits; a bit this version does not know reads <c>UNKNOWN</c>.</summary>
    public static IReadOnlyList<string> Codes(this Sensitivity labels)
    {
        var codes = ByLabel.Where(pair => labels.HasFlag(pair.Key)).Select(pair => pair.Value).ToList();
        if ((labels & ~Known) != 0)
        {
            codes.Add("UNKNOWN");
        }

        return codes;
    }

    /// <summary>What a permit that names these labels reaches: SUD reaches ETHUD and OPIOIDUD, nothing else spreads.</summary>
    public static Sensitivity ReachedByPermit(this Sensitivity named) =>
        named.HasFlag(Sensitivity.Sud) ? named | Sensitivity.EthUd | Sensitivity.OpioidUd : named;

    /// <summary>What a deny that names these labels reaches: any of the substance group reaches the whole group.</summary>
    public static Sensitivity ReachedByDeny(this Sensitivity named) =>
        (named & SubstanceUse) != 0 ? named | SubstanceUse : named;
}
