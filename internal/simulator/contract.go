// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// OpenAPIDirectory is the environment variable that names the folder of Coveo's OpenAPI documents. They are not ours to
// distribute, so the check against them is optional.
const OpenAPIDirectory = "COVEO_OPENAPI_DIR"

// contract checks requests and answers against OpenAPI documents.
type contract struct {
	routers []routers.Router
}

// loadContract reads every JSON document of a folder. A folder without any is an error: it would check nothing.
func loadContract(directory string) (*contract, error) {
	paths, err := filepath.Glob(filepath.Join(directory, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("no OpenAPI document *.json in %s", directory)
	}
	c := &contract{}
	for _, path := range paths {
		document, err := openapi3.NewLoader().LoadFromFile(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		router, err := gorillamux.NewRouter(document)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		c.routers = append(c.routers, router)
	}
	return c, nil
}

// check compares an exchange with the documents and notes what differs. Answers that a fault or a reading bent on
// purpose are left alone, and so are error answers, of which the documents declare none.
func (o *Organization) check(ctx context.Context, x *exchange, answered answer, body []byte) {
	if o.contract == nil || x.route == nil || x.route.undocumented || isForm(x.request) {
		return
	}
	input, err := o.contract.request(ctx, x)
	if err == nil {
		bent := x.fault != nil && x.fault.spoils() || o.options.Readings.leaveDocuments(x.route.operation)
		if !bent && answered.status < http.StatusMultipleChoices {
			// The document has a page for the list of organizations, Coveo's client an array.
			if x.route.operation != ListOrganizations || bytes.HasPrefix(body, []byte("{")) {
				err = checkAnswer(ctx, input, answered, body)
			}
		}
	}
	if err != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.problems = append(o.problems,
			fmt.Sprintf("not as documented: %s %s: %v", x.request.Method, x.request.URL.EscapedPath(), err))
	}
}

func (c *contract) request(ctx context.Context, x *exchange) (*openapi3filter.RequestValidationInput, error) {
	request := x.request.Clone(ctx)
	request.Body = io.NopCloser(bytes.NewReader(x.body))
	for _, router := range c.routers {
		documented, parameters, err := router.FindRoute(request)
		if err != nil {
			continue
		}
		input := &openapi3filter.RequestValidationInput{
			Request:    request,
			PathParams: parameters,
			Route:      documented,
			Options: &openapi3filter.Options{
				AuthenticationFunc:  openapi3filter.NoopAuthenticationFunc,
				SkipSettingDefaults: true,
			},
		}
		if err := openapi3filter.ValidateRequest(ctx, input); err != nil {
			return nil, fmt.Errorf("request: %w", err)
		}
		return input, nil
	}
	return nil, fmt.Errorf("request: no document has this operation")
}

func checkAnswer(ctx context.Context, input *openapi3filter.RequestValidationInput, answered answer, body []byte) error {
	responses := input.Route.Operation.Responses
	if responses.Status(answered.status) == nil && responses.Default() == nil {
		return fmt.Errorf("answer: the status %d is not documented", answered.status)
	}
	header := http.Header{}
	if len(body) > 0 {
		header.Set("Content-Type", "application/json")
	}
	err := openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input,
		Status:                 answered.status,
		Header:                 header,
		Body:                   io.NopCloser(bytes.NewReader(body)),
		Options:                input.Options,
	})
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	return nil
}
