using FluentValidation;
using FluentValidation.Results;
using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Reference.Instruments;

/// <summary>What a partner's own definition must be: all that one of the library must be, and named so that it is none of those.</summary>
internal sealed class InstrumentRules : AbstractValidator<Instrument>
{
    /// <summary>A definition can be wrong in more places than anybody reads.</summary>
    private const int MostFaults = 200;

    public InstrumentRules() => RuleFor(instrument => instrument).Custom((instrument, context) =>
    {
        foreach (var fault in Faults(instrument).Take(MostFaults))
        {
            context.AddFailure(new ValidationFailure(fault.Where, fault.Detail) { ErrorCode = fault.Code });
        }
    });

    private static IEnumerable<InstrumentFault> Faults(Instrument instrument)
    {
        if (!InstrumentShelf.IsOwn(instrument.Code))
        {
            yield return new("own-code", "#/code", $"The code of your own instrument begins with {InstrumentShelf.OwnPrefix}.");
        }

        foreach (var fault in instrument.Faults())
        {
            yield return fault;
        }
    }
}
