using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Domain.Outcomes;
using PersonalCareApi.Domain.Plans;
using PersonalCareApi.Partners;
using PersonalCareApi.Records.AllianceCheckIns;
using PersonalCareApi.Records.Assessments;
using PersonalCareApi.Records.Goals;
using PersonalCareApi.Records.Outcomes;

namespace PersonalCareApi.Records.Prompts;

/// <summary>Puts each new fact to the rules, in the unit that writes the fact.</summary>
/// <remarks>
/// Under the grant of whoever writes, so that nothing is looked at that they may not use: a rule that would need an item out of
/// their reach calls for nothing. What is not the newest of its series raises no prompt: it tells of the past.
/// </remarks>
internal sealed class RaisePrompts(
    PromptRepository prompts, AssessmentRepository assessments, ProgressRepository progress, CheckInRepository checkIns, PartnerRepository partners)
{
    /// <summary>Daily views of half a year.</summary>
    private const int MostLooked = 200;

    /// <summary>Reliable deterioration, and weeks off track.</summary>
    public async Task AfterAssessment(AccessGrant grant, Assessment assessment, Instrument instrument, WriteUnit unit, CancellationToken ct)
    {
        if (assessment.Status != Assessment.Final || (instrument.Change.ReliableChange is null && instrument.Change.OnTrack is null))
        {
            return;
        }

        List<Assessment> series = [.. await assessments.EndsOfOne(grant, instrument.Code, instrument.Version, ct), assessment];
        if (series.Count < 2 || series[^2].Facts.OccurredAt > assessment.Facts.OccurredAt)
        {
            return;
        }

        var settings = (await partners.Care(grant.PartnerId, ct)).Prompts;
        foreach (var scale in instrument.Scales.Select(scale => new MeasuredScale(instrument, scale)))
        {
            List<PromptFact> facts =
            [
                .. from one in series
                   let point = OutcomePoint.From(one, scale)
                   where point is { Partial: false }
                   select new PromptFact(one.Id, one.Facts.OccurredAt, point.Score),
            ];
            if (facts.Count < 2 || facts[^1].Id != assessment.Id)
            {
                continue;
            }

            var subject = new PromptSubject(instrument.Code, scale.Scale.Code, null);
            foreach (var raised in new[]
            {
                settings.Deterioration ? Prompting.Deterioration(scale, facts[0], facts[^1]) : null,
                settings.NotOnTrack ? Prompting.NotOnTrack(scale, facts) : null,
            }.OfType<RaisedPrompt>())
            {
                var evidence = series.Where(one => raised.Evidence.Contains(one.Id)).Select(one => new Evidence("assessment", one.Id, one.Facts));
                await prompts.Raise(grant, raised, subject, [.. evidence], unit, ct);
            }
        }
    }

    /// <summary>A goal that has stood still.</summary>
    public async Task AfterProgress(AccessGrant grant, Goal goal, Progress recorded, Side side, WriteUnit unit, CancellationToken ct)
    {
        if (recorded.Content.Kind != ProgressKind.Attainment || goal.Status != GoalStatus.Agreed
            || (await partners.Care(grant.PartnerId, ct)).Prompts is not { StalledGoals: true } settings)
        {
            return;
        }

        var earlier = await progress.List(
            grant, goal.Id, new ProgressQuery { By = side, Kind = ProgressKind.Attainment, Limit = MostLooked }, null, ct);
        List<Progress> views =
        [
            .. earlier.Items.Where(view => view.Status == Progress.Final && view.Content.TermsVersion == goal.Content.TermsVersion).Reverse(),
            recorded,
        ];
        if (views.Count > 1 && views[^2].Facts.OccurredAt > recorded.Facts.OccurredAt)
        {
            return;
        }

        List<PromptFact> levels = [.. views.Select(view => new PromptFact(view.Id, view.Facts.OccurredAt, view.Content.Level!.Value))];
        if (Prompting.StalledGoal(levels, settings.StalledGoalDays) is { } raised)
        {
            var evidence = views.Where(view => raised.Evidence.Contains(view.Id)).Select(view => new Evidence("goal-progress", view.Id, view.Facts));
            await prompts.Raise(
                grant, raised, new PromptSubject(null, null, goal.Id), [new Evidence("goal", goal.Id, goal.Facts), .. evidence], unit, ct);
        }
    }

    /// <summary>A rating of the alliance that lies well below the ones before it.</summary>
    public async Task AfterRating(AccessGrant grant, CheckIn rated, WriteUnit unit, CancellationToken ct)
    {
        if ((await partners.Care(grant.PartnerId, ct)).Prompts is not { FallingAlliance: true } settings)
        {
            return;
        }

        var earlier = await checkIns.List(grant, new CheckInQuery { Limit = MostLooked }, null, ct);
        List<CheckIn> ratings = [.. earlier.Items.Where(one => one.Status == CheckIn.Final).Reverse(), rated];
        if (ratings.Count > 1 && ratings[^2].Facts.OccurredAt > rated.Facts.OccurredAt)
        {
            return;
        }

        List<PromptFact> values = [.. ratings.Select(one => new PromptFact(one.Id, one.Facts.OccurredAt, one.Content.Value))];
        if (Prompting.FallingAlliance(values, settings.AlliancePoints, settings.AllianceRatings) is { } raised)
        {
            var evidence = ratings.Where(one => raised.Evidence.Contains(one.Id)).Select(one => new Evidence("alliance-check-in", one.Id, one.Facts));
            await prompts.Raise(grant, raised, new PromptSubject(null, null, null), [.. evidence], unit, ct);
        }
    }
}
