#lang racket/base
;; Nothing.
