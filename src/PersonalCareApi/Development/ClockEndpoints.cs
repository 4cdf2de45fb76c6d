using System.Xml;
using Microsoft.AspNetCore.Http.HttpResults;

namespace PersonalCareApi.Development;

/// <summary>Where to move the clock: to a time, or by an ISO 8601 duration.</summary>
internal sealed record ClockSetting(DateTimeOffset? Now, string? Advance);

/// <summary>The time the server goes by, and the system's.</summary>
internal sealed record ClockReading(DateTimeOffset Now, DateTimeOffset SystemNow);

internal static class ClockEndpoints
{
    public static void MapClock(this IEndpointRouteBuilder development)
    {
        development.MapGet("/clock", Look).WithName("GetClock").WithSummary("The time the server goes by.");
        development.MapPut("/clock", Set).WithName("SetClock").WithSummary("Moves the server's time.");
        development.MapDelete("/clock", Reset).WithName("ResetClock").WithSummary("Back to the system's time.");
    }

    private static Ok<ClockReading> Look(AdjustableClock clock) =>
        TypedResults.Ok(new ClockReading(clock.GetUtcNow(), TimeProvider.System.GetUtcNow()));

    private static Results<Ok<ClockReading>, ProblemHttpResult> Set(ClockSetting setting, AdjustableClock clock)
    {
        var moved = setting switch
        {
            { Now: { } now, Advance: null } => clock.MoveTo(now),
            { Now: null, Advance: { } duration } => TryParse(duration, out var by) && clock.Advance(by),
            _ => false,
        };
        return moved
            ? Look(clock)
            : TypedResults.Problem(
                "Give either now, an instant between 2000 and 2100, or advance, an ISO 8601 duration such as PT1H.",
                statusCode: StatusCodes.Status422UnprocessableEntity);
    }

    private static Ok<ClockReading> Reset(AdjustableClock clock)
    {
        clock.Reset();
        return Look(clock);
    }

    private static bool TryParse(string duration, out TimeSpan span)
    {
        try
        {
            span = XmlConvert.ToTimeSpan(duration);
            return true;
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            span = default;
            return false;
        }
    }
}
