// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

// Package disclosure is coveo_disclosure_package: the reviewed, redacted file that is handed to a person. The packages below
// do the work, and know no Terraform: table reads, redact applies rules, dictionary explains, summary draws the page, and
// bundle puts everything into one file.
package disclosure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/bundle"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/disclosure/table"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/subject"
)

// API is the part of Coveo's client that packages take.
type API interface {
	OrganizationID() string
	GetExport(ctx context.Context, id string) (*coveo.Export, error)
	OpenExport(ctx context.Context, id string) (io.ReadCloser, int64, error)
}

// Service makes packages for one provider instance.
type Service struct {
	api    API
	people *subject.Directory
	clock  coveo.Clock
}

// NewService makes the service of one provider instance. It makes no call.
func NewService(api API, people *subject.Directory, clock coveo.Clock) *Service {
	return &Service{api: api, people: people, clock: clock}
}

// make makes a package from an export that Coveo still has.
func (s *Service) make(ctx context.Context, exportID string, request bundle.Request) (bundle.Result, time.Time, error) {
	export, err := s.api.GetExport(ctx, exportID)
	if err != nil {
		return bundle.Result{}, time.Time{}, err
	}
	if err := ready(export); err != nil {
		return bundle.Result{}, time.Time{}, err
	}
	request.Organization = s.api.OrganizationID()
	request.Export = bundle.Export{
		ID: export.ID, CreatedAt: export.StartDate.Time, From: export.From.Time, To: export.To.Time, Tables: export.Tables,
	}
	request.Open = func(ctx context.Context) (io.ReadCloser, error) {
		file, _, err := s.api.OpenExport(ctx, exportID)
		return file, err
	}
	result, err := bundle.Build(ctx, request)
	return result, s.clock.Now(), err
}

// stateError is an export that has no file.
type stateError struct{ what, advice string }

func (e *stateError) Error() string { return e.what }

func ready(export *coveo.Export) error {
	switch status := strings.ToUpper(export.Status); status {
	case coveo.ExportAvailable:
		return nil
	case coveo.ExportExpired:
		return &stateError{"the export has expired: Coveo has removed its file", "Export again, with a change of triggers in coveo_user_data_export. What was packaged before stays."}
	case coveo.ExportFailed:
		return &stateError{"Coveo could not make the export", "Export again, with a change of triggers in coveo_user_data_export."}
	default:
		return &stateError{"the export is not ready: Coveo says " + plainStatus(status), "Run again later. A coveo_user_data_export waits until it is, so use its id."}
	}
}

// plainStatus is a status that is fit for a message.
func plainStatus(status string) string {
	if len(status) == 0 || len(status) > 40 || strings.Trim(status, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != "" {
		return "something that is no status"
	}
	return status
}

// explain says why there is no package, and what to do.
func explain(err error) string {
	var (
		failed *coveo.Error
		refuse *table.Error
		state  *stateError
	)
	text := strings.ToUpper(err.Error()[:1]) + err.Error()[1:] + "."
	advice := ""
	switch {
	case errors.As(err, &failed) || errors.Is(err, coveo.ErrTokenUnknown):
		return diagnose.Text(err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		text = "Packaging was stopped before it was done."
		advice = "Run again; a longer timeouts block helps where the time was too short."
	case errors.As(err, &state):
		advice = state.advice
	case errors.As(err, &refuse) && refuse.Limit:
		advice = "If the export can be trusted and is that large, raise the limit in limits."
	case errors.As(err, &refuse):
		advice = "Nothing of the row is shown here, since it is somebody's data. Export again; if it stays so, look at that place in the export's file, and ask Coveo."
	case errors.Is(err, bundle.ErrExists):
		advice = "Choose another path, or move that file away."
	case errors.Is(err, bundle.ErrChanged):
		advice = "Move that file away, or choose another path. It is neither overwritten nor removed."
	case errors.Is(err, bundle.ErrLink):
		advice = "Name the file itself in path."
	}
	return strings.TrimSpace(text + "\n\n" + advice)
}

// nothingLeft ends the message of every failure.
func nothingLeft(err error) string {
	return fmt.Sprintf("%s\n\nNo part of a package was left behind.", explain(err))
}
