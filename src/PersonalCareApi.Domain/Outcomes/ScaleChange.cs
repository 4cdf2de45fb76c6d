namespace PersonalCareApi.Domain.Outcomes;

/// <summary>From the first score of a scale to the latest: everything that a published definition lets be said of it.</summary>
public sealed record ScaleChange
{
    /// <summary>Latest minus first, in points of the scale.</summary>
    public required decimal Difference { get; init; }

    public required Finding<ReliableChange> Reliable { get; init; }

    public required Finding<ClinicalChange> Significant { get; init; }

    public required Finding<IReadOnlyList<ImportantChange>> Important { get; init; }

    public required Finding<TreatmentResponse> Response { get; init; }

    public required Finding<TalkingTherapiesMeasure> TalkingTherapies { get; init; }

    public static ScaleChange Between(MeasuredScale scale, decimal first, decimal latest) => new()
    {
        Difference = latest - first,
        Reliable = ReliableChange.Between(scale, first, latest),
        Significant = ClinicalChange.Between(scale, first, latest),
        Important = ImportantChange.Between(scale, first, latest),
        Response = TreatmentResponse.Between(scale, first, latest),
        TalkingTherapies = TalkingTherapiesMeasure.Between(scale, first, latest),
    };
}
