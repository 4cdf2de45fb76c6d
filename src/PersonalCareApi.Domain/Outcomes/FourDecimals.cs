namespace PersonalCareApi.Domain.Outcomes;

/// <summary>Results are given to four decimals.</summary>
internal static class FourDecimals
{
    public static decimal Of(double value) => (decimal)Math.Round(value, 4);

    public static decimal Of(decimal value) => Math.Round(value, 4);
}
