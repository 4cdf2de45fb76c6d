using System.Xml;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Development;

/// <summary>Where to move the clock: one of the two.</summary>
internal sealed record ClockSetting
{
    public DateTimeOffset? Now { get; init; }

    /// <summary>By how much, as an ISO 8601 duration such as <c>PT1H</c>; back where it is negative.</summary>
    public string? Advance { get; init; }

    public static bool TryParse(string? duration, out TimeSpan span)
    {
        try
        {
            span = XmlConvert.ToTimeSpan(duration ?? "");
            return true;
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            span = default;
            return false;
        }
    }

    internal sealed class Validator : AbstractValidator<ClockSetting>
    {
        public Validator()
        {
            RuleFor(setting => setting).Must(setting => setting.Now is null != setting.Advance is null)
                .WithMessage("Give either now or advance.");
            RuleFor(setting => setting.Advance).Must(duration => TryParse(duration, out _)).When(setting => setting.Advance is not null)
                .WithErrorCode(FaultCodes.InvalidFormat).WithMessage("An ISO 8601 duration, such as PT1H or -P1D.");
        }
    }
}

/// <summary>The time the server goes by, and the system's.</summary>
internal sealed record ClockReading(DateTimeOffset Now, DateTimeOffset SystemNow);

internal static class ClockEndpoints
{
    public static void MapClock(this IEndpointRouteBuilder development)
    {
        development.MapHandler(HttpMethods.Get, "/clock", Look);
        development.MapHandler(HttpMethods.Put, "/clock", Set);
        development.MapHandler(HttpMethods.Delete, "/clock", Reset);
    }

    private static Ok<ClockReading> Look(AdjustableClock clock) =>
        Ok(new ClockReading(clock.GetUtcNow(), TimeProvider.System.GetUtcNow()));

    private static Results<Ok<ClockReading>, Problem> Set(Body<ClockSetting> body, AdjustableClock clock)
    {
        var moved = body.Value.Now is { } now
            ? clock.MoveTo(now)
            : ClockSetting.TryParse(body.Value.Advance, out var by) && clock.Advance(by);
        return moved
            ? Look(clock)
            : Problems.Invalid(Fault.InBody("#", FaultCodes.OutOfRange, "The clock goes from the year 2000 to 2100."));
    }

    private static Ok<ClockReading> Reset(AdjustableClock clock)
    {
        clock.Reset();
        return Look(clock);
    }
}
